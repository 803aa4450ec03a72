import { declaredKinds as watched } from '@exposedapi/controller'
import { Cluster, type RestClient } from '@exposedapi/kube'
import { expect, it } from 'vitest'
import { gatewayAdapter, metricsAdapters } from './adapters.ts'
import { configuration } from './environment.ts'
import { rulesFor } from './rules.ts'

it.each([
  { name: 'no-such-package', because: 'it is not installed', message: /cannot be loaded .*write one of istio/ },
  { name: 'zod', because: 'it is no adapter', message: /exports no adapter descriptor; write one of istio/ },
])('GATEWAY=$name ends the start: $because', async ({ name, message }) => {
  await expect(gatewayAdapter(configuration({ GATEWAY: name }))).rejects.toThrow(message)
})

it('a bad option of the adapter ends the start, naming the variable', async () => {
  const config = configuration({ APIOPERATORISTIO_COMPONENTGATEWAY: 'a/b/c' })
  await expect(gatewayAdapter(config)).rejects.toThrow(/APIOPERATORISTIO_COMPONENTGATEWAY="a\/b\/c" is not allowed/)
})

it('knows the adapters of the modes that are not in use, to remove what they left', () => {
  const { metrics, retired } = metricsAdapters(configuration({ OPENMETRICS_IMPLEMENTATION: 'PrometheusAnnotation' }))
  expect(metrics.name).toBe('PrometheusAnnotation')
  expect(retired.map(({ name }) => name).sort()).toEqual(['DataDogAnnotation', 'ServiceMonitor'])
})

/** A package of a third party, as a module without a file. */
function thirdParty(contract: number): string {
  const descriptor = `{ contract: ${contract}, name: 'acme', options: { safeParse: (data) => ({ success: true, data }) }, create: (options) => ({ name: 'acme', options }) }`
  return `data:text/javascript,export const other = 1; export const acme = ${descriptor}`
}

it('loads the adapter of a third party by the name of its package, with its options', async () => {
  const config = configuration({ GATEWAY: thirdParty(1), GATEWAY_OPTIONS: '{"region": "eu"}' })
  await expect(gatewayAdapter(config)).resolves.toMatchObject({ name: 'acme', options: { region: 'eu' } })
})

it('an adapter of another contract ends the start, naming both', async () => {
  const refused = gatewayAdapter(configuration({ GATEWAY: thirdParty(2) }))
  await expect(refused).rejects.toThrow('keeps contract 2, but this operator needs 1')
})

it('the gateway and the annotations mean the same Pods: the engine keeps one cache for each resource', async () => {
  const config = configuration({ APIOPERATORISTIO_GATEWAYPODS: 'true', APIOPERATORISTIO_NODEPORTS: 'true' })
  const { uses, indexes } = watched(await rulesFor(config))
  const pods = uses.filter(({ kind }) => kind.plural === 'pods')
  expect(new Set(pods.map(({ kind }) => kind)).size).toBe(1)
  expect(pods).toContainEqual(expect.objectContaining({ use: 'read', scope: 'cluster', optional: true }))
  expect(uses.map(({ kind }) => kind.plural)).toContain('nodes')
  const client = {} as RestClient // no request is sent
  expect(() => new Cluster({ uses, indexes, client, fieldManager: 'test' })).not.toThrow()

  // What the gateway looks for is in the cache, and so is what the annotations look for.
  const metadata = { name: 'gw', namespace: 'mesh', labels: { istio: 'gw' } }
  const raw = { apiVersion: 'v1', kind: 'Pod', metadata, status: { phase: 'Running' } }
  const everywhere = indexes.find(({ name }) => name === 'pods.everywhere')
  const [pod] = pods.map(({ kind }) => kind.project(raw))
  expect(pod && everywhere?.values(pod)).toEqual(['istio=gw'])
  expect(pod).toMatchObject({ phase: 'Running' })
})

it('nobody asks for Pods everywhere or for Nodes by default', async () => {
  const { uses } = watched(await rulesFor(configuration({})))
  expect(uses.filter(({ kind, scope }) => kind.plural === 'nodes' || (kind.plural === 'pods' && scope))).toEqual([])
})
