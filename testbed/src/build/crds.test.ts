import { expect, test } from 'vitest'
import { type CrdName, crds } from './crds.ts'

test('CRDs come by name and in order from the modules and from our own file', async () => {
  const names: readonly CrdName[] = [
    'virtualservices.networking.istio.io',
    'servicemonitors.monitoring.coreos.com',
    'components.oda.tmforum.org',
    'gateways.networking.istio.io',
    'gateways.gateway.networking.k8s.io',
  ]
  const found = await crds(names)
  expect(found).toMatchObject(names.map((name) => ({ kind: 'CustomResourceDefinition', metadata: { name } })))
  expect(found[0]).toMatchObject({ spec: { names: { kind: 'VirtualService' } } })
})

test('Component has no status subresource, as in ODA Canvas', async () => {
  const [component] = await crds(['components.oda.tmforum.org'])
  expect(JSON.stringify(component)).not.toContain('subresources')
})

test.each([
  'no-such-kind.networking.istio.io',
  'no-such-kind.monitoring.coreos.com',
  'no-such-kind.gateway.networking.k8s.io',
] as const)('%s is an error that names it', async (name) => {
  await expect(crds([name])).rejects.toThrow(name)
})
