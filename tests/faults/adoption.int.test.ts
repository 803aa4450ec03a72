/** Objects that the reference operator made: they become ours with all their fields, once and in two requests. */
import { expect, it } from 'vitest'
import { isReady, routedPaths, says, served } from '../support/exposed-api.ts'
import { untilIdle } from '../support/metrics-text.ts'
import { stage } from '../support/stage.ts'
import { writesDuring } from '../support/writes.ts'

const set = stage({ audit: true, withoutOperator: true })

/** A VirtualService as the Kubernetes client of Python writes it, with things in it that we do not render. */
async function madeByReference(namespace: string, name: string, owner: string | undefined, manager: string) {
  const ownerReferences = [
    {
      apiVersion: 'oda.tmforum.org/v1',
      kind: 'ExposedAPI',
      name,
      uid: owner,
      controller: true,
      blockOwnerDeletion: true,
    },
  ]
  await set.api.client.request({
    method: 'POST',
    path: `/apis/networking.istio.io/v1beta1/namespaces/${namespace}/virtualservices`,
    query: { fieldManager: manager },
    body: {
      apiVersion: 'networking.istio.io/v1beta1',
      kind: 'VirtualService',
      metadata: { name, namespace, labels: { 'made-by': 'reference' }, ownerReferences },
      spec: {
        hosts: ['*'],
        gateways: ['component-gateway'],
        exportTo: ['.'],
        http: [{ match: [{ uri: { prefix: '/old' } }], route: [{ destination: { host: 'old' } }] }],
      },
    },
  })
}

it.each([
  { manager: 'OpenAPI-Generator', because: 'the reference made it', kept: false },
  { manager: 'somebody', because: 'whoever made it may still want its fields', kept: true },
])('a route of $manager: what we do not render stays: $kept, since $because', async ({ manager, kept }) => {
  const namespace = await set.namespace()
  const objects = await set.api.apply(...served(namespace, 'adopted'))
  await madeByReference(namespace, 'adopted', objects.at(-1)?.metadata.uid, manager)
  const before = await set.api.get('VirtualService', namespace, 'adopted')

  const writes = await writesDuring(set.canvas, async () => {
    await set.start()
    // Whoever keeps `exportTo: ['.']` hides the route from the gateway.
    await set.api.until(
      'ExposedAPI',
      namespace,
      'adopted',
      kept ? says('RouteProgrammed', 'False', 'HiddenFromGateway') : isReady,
    )
    await untilIdle(set.operator, 1)
  })
  const after = await set.api.get('VirtualService', namespace, 'adopted')
  expect(after?.metadata.uid).toBe(before?.metadata.uid)
  expect(routedPaths(after)[0]).toBe(`/${namespace}/adopted`)
  expect((after?.metadata.labels as Record<string, string> | undefined)?.['made-by']).toBe(
    kept ? 'reference' : undefined,
  )
  expect(after?.spec.exportTo).toEqual(kept ? ['.'] : undefined)
  const ofRoute = writes.filter((write) => write.resource === 'virtualservices' && write.namespace === namespace)
  expect(ofRoute.map(({ verb, code }) => `${verb} ${code}`)).toEqual(Array(kept ? 1 : 2).fill('patch 200'))

  const again = await writesDuring(set.canvas, async () => {
    await set.operator.stop()
    await set.start()
    await untilIdle(set.operator, 1)
  })
  expect(again).toEqual([])
  await set.operator.stop()
})
