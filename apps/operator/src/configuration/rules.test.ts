import { declaredKinds as watched } from '@exposedapi/controller'
import { Cluster, type RestClient } from '@exposedapi/kube'
import { expect, it } from 'vitest'
import { configuration } from './environment.ts'
import { rulesFor } from './rules.ts'

const GATEWAYS = 'istio, or the name of an installed package'
const METRICS = 'ServiceMonitor, PrometheusAnnotation, DataDogAnnotation, or the name of an installed package'

it.each([
  { name: 'GATEWAY', value: 'no-such-package', message: new RegExp(`cannot be loaded .*; write one of ${GATEWAYS}$`) },
  { name: 'GATEWAY', value: 'zod', message: `exports no gateway adapters; write one of ${GATEWAYS}` },
  { name: 'GATEWAY', value: 'Istio', message: 'GATEWAY="Istio" is not known; did you mean istio?' },
  { name: 'GATEWAY', value: 'constructor', message: 'GATEWAY="constructor" cannot be loaded' },
  { name: 'OPENMETRICS_IMPLEMENTATION', value: 'Servicemonitor', message: 'did you mean ServiceMonitor?' },
  { name: 'OPENMETRICS_IMPLEMENTATION', value: 'none', message: new RegExp(`write one of ${METRICS}$`) },
  { name: 'SERVICEMONITOR_LABEL', value: 'a=b', message: 'did you mean SERVICEMONITOR_LABELS?' },
])('$name=$value ends the start', async ({ name, value, message }) => {
  await expect(rulesFor(configuration({ [name]: value }))).rejects.toThrow(message)
})

it('knows the adapters of the modes that are not in use, to remove what they left', async () => {
  const { metrics, retired } = await rulesFor(configuration({ OPENMETRICS_IMPLEMENTATION: 'PrometheusAnnotation' }))
  expect(metrics.name).toBe('PrometheusAnnotation')
  expect(retired.map(({ name }) => name).sort()).toEqual(['DataDogAnnotation', 'ServiceMonitor'])
})

/** A package of a third party, as a module without a file. */
function thirdParty(...descriptors: readonly { contract?: number; type?: string; name?: string }[]): string {
  const exported = descriptors.map(({ contract = 2, type = 'gateway', name = 'acme' }, at) => {
    const validator = "{ '~standard': { version: 1, vendor: 'acme', validate: (value) => ({ value }) } }"
    const schema = "{ properties: { region: { type: 'string' } } }"
    const create = `(options, entry) => ({ name: '${name}', options, entry, kinds: [], indexes: [], hosts: () => ['*'] })`
    return `export const d${at} = { contract: ${contract}, type: '${type}', name: '${name}', options: ${validator}, jsonSchema: ${schema}, create: ${create} }`
  })
  return `data:text/javascript,export const other = 1;${exported.join(';')}`
}

it('loads the gateway of a third party by the name of its package, with its options', async () => {
  const config = configuration({ GATEWAY: thirdParty({}), GATEWAY_OPTIONS: '{"region": "eu"}' })
  const [entry] = (await rulesFor(config)).gateways
  expect(entry?.adapter).toMatchObject({ name: 'acme', options: { region: 'eu' }, entry: { name: 'acme' } })
})

it('loads metrics adapters in the same way, and takes the one of the right type', async () => {
  const both = thirdParty({ type: 'gateway', name: 'edge' }, { type: 'metrics', name: 'statsd' })
  const config = configuration({ OPENMETRICS_IMPLEMENTATION: both, METRICS_OPTIONS: '{"region": "eu"}' })
  const { metrics } = await rulesFor(config)
  expect(metrics).toMatchObject({ name: 'statsd', options: { region: 'eu' } })
})

it('a package with several of one type must be asked for one of them by name', async () => {
  const two = thirdParty({ name: 'edge' }, { name: 'core' })
  await expect(rulesFor(configuration({ GATEWAY: two }))).rejects.toThrow(
    'exports several gateway adapters; write one of',
  )
  await expect(rulesFor(configuration({ GATEWAY: `${two}#core` }))).resolves.toMatchObject({
    gateways: [{ name: 'core' }],
  })
})

it('an adapter of another contract ends the start, naming both', async () => {
  const refused = rulesFor(configuration({ GATEWAY: thirdParty({ contract: 1 }) }))
  await expect(refused).rejects.toThrow('keeps contract 1, but this operator needs 2')
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
