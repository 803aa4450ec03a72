import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { declaredKinds as watched } from '@exposedapi/controller'
import { anApi } from '@exposedapi/core/testing'
import { Cluster, type RestClient } from '@exposedapi/kube'
import { afterAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { configuration } from './environment.ts'
import { matcherOf } from './match.ts'
import { rulesFor } from './rules.ts'

const GATEWAYS = 'istio, gateway-api, or the name of an installed package'
const METRICS = 'ServiceMonitor, PrometheusAnnotation, DataDogAnnotation, or the name of an installed package'

it.each([
  { name: 'GATEWAY', value: 'no-such-package', message: new RegExp(`cannot be loaded .*; write one of ${GATEWAYS}$`) },
  { name: 'GATEWAY', value: 'zod', message: `exports no gateway adapters; write one of ${GATEWAYS}` },
  { name: 'GATEWAY', value: 'Istio', message: 'GATEWAY="Istio" is not known; did you mean istio?' },
  { name: 'GATEWAY', value: 'constructor', message: 'GATEWAY="constructor" cannot be loaded' },
  { name: 'OPENMETRICS_IMPLEMENTATION', value: 'Servicemonitor', message: 'did you mean ServiceMonitor?' },
  { name: 'OPENMETRICS_IMPLEMENTATION', value: 'none', message: new RegExp(`write one of ${METRICS}$`) },
  { name: 'RETIRED', value: 'ServiceMonitors', message: 'is not a built-in adapter; did you mean ServiceMonitor?' },
  { name: 'SERVICEMONITOR_LABEL', value: 'a=b', message: 'did you mean SERVICEMONITOR_LABELS?' },
])('$name=$value ends the start', async ({ name, value, message }) => {
  await expect(rulesFor(configuration({ [name]: value }))).rejects.toThrow(message)
})

it('asks for nothing of adapters that are not in use, unless they are retired', async () => {
  const mode = { OPENMETRICS_IMPLEMENTATION: 'PrometheusAnnotation' }
  expect((await rulesFor(configuration(mode))).retired).toEqual([])
  const { metrics, retired } = await rulesFor(configuration({ ...mode, RETIRED: 'ServiceMonitor, DataDogAnnotation' }))
  expect(metrics.name).toBe('PrometheusAnnotation')
  expect(retired.map(({ name }) => name)).toEqual(['ServiceMonitor', 'DataDogAnnotation'])
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
  await expect(refused).rejects.toThrow('was written for contract 1 of adapters, but this operator needs 2')
})

it('the gateway and the annotations mean the same Pods: the engine keeps one cache for each resource', async () => {
  const config = configuration({
    APIOPERATORISTIO_GATEWAYPODS: 'true',
    APIOPERATORISTIO_NODEPORTS: 'true',
    OPENMETRICS_IMPLEMENTATION: 'PrometheusAnnotation',
  })
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

describe('a configuration file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'exposedapi-config-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const file = (content: unknown) => {
    const path = join(folder, 'config.yaml')
    writeFileSync(path, typeof content === 'string' ? content : stringify(content))
    return path
  }
  const two = {
    gateways: [
      {
        name: 'internal',
        adapter: 'istio',
        options: { gateway: 'canvas/internal' },
        match: { segments: ['managementFunction'] },
      },
      { name: 'public', adapter: 'istio', options: { gateway: 'canvas/public' } },
    ],
  }
  const api = (spec: Readonly<Record<string, unknown>>) => anApi({ spec })

  it('names several gateways, and each API is served by the first that matches', async () => {
    const { gateways, paths } = await rulesFor(configuration({}, file(two)))
    const entryOf = (spec: Readonly<Record<string, unknown>>) =>
      paths.claimsOf(api(spec)).map(({ entry, scopes }) => [entry.name, ...scopes])
    expect(gateways.map(({ name, plainNames }) => [name, plainNames])).toEqual([
      ['internal', false],
      ['public', true],
    ])
    expect(entryOf({ segment: 'managementFunction' })).toEqual([['internal', 'canvas/internal *']])
    expect(entryOf({})).toEqual([['public', 'canvas/public *']])
  })

  it.each([
    { match: { namespaces: ['odacompns-*', '!odacompns-x'] }, want: [true, false] },
    { match: { labels: { tier: 'gold' } }, want: [true, false] },
    { match: { apiTypes: ['mcp'] }, want: [true, false] },
    { match: { segments: ['securityFunction'], apiTypes: ['mcp'] }, want: [false, false] },
    { match: {}, want: [true, true] },
  ])('matches by $match', ({ match, want }) => {
    const matches = matcherOf(match)
    const metadata = { namespace: 'odacompns-shop', labels: { tier: 'gold' } }
    const one = anApi({ namespace: 'odacompns-shop', metadata, spec: { apiType: 'mcp' } })
    const other = anApi({ namespace: 'odacompns-x', spec: { apiType: 'openapi' } })
    expect([matches(one), matches(other)]).toEqual(want)
  })

  it('retires adapters', async () => {
    const content = {
      gateways: [
        { name: 'new', adapter: 'istio' },
        { name: 'old', adapter: 'istio', retired: true, match: {} },
      ],
      metrics: [{ adapter: 'ServiceMonitor' }, { adapter: 'PrometheusAnnotation', retired: true }],
    }
    const { gateways, metrics, retired } = await rulesFor(configuration({}, file(content)))
    expect(gateways.map(({ name, retired }) => [name, retired])).toEqual([
      ['new', false],
      ['old', true],
    ])
    expect([metrics.name, retired.map(({ name }) => name)]).toEqual(['ServiceMonitor', ['PrometheusAnnotation']])
  })

  it.each([
    { because: 'no YAML', content: 'gateways: [', says: 'config.yaml cannot be read: ' },
    { because: 'empty', content: '', says: 'config.yaml: it holds null; write a map with "gateways"' },
    {
      because: 'no gateway',
      content: { gateways: [] },
      says: 'gateways = [] is not allowed; write at least one gateway',
    },
    { because: 'a typing error', content: { gateway: [] }, says: 'unknown field gateway; did you mean gateways?' },
    {
      because: 'a typing error inside',
      content: { gateways: [{ name: 'a', adapter: 'istio', matches: {} }] },
      says: 'unknown field gateways[0].matches; did you mean match?',
    },
    {
      because: 'a wrong type',
      content: { gateways: [{ name: 7, adapter: 'istio' }] },
      says: 'gateways[0].name = 7 is not allowed; write a string',
    },
    {
      because: 'one name twice',
      content: {
        gateways: [
          { name: 'a', adapter: 'istio' },
          { name: 'a', adapter: 'istio' },
        ],
      },
      says: 'two gateways are called a; give each a name of its own',
    },
    {
      because: 'an unknown adapter',
      content: { gateways: [{ name: 'a', adapter: 'Istio' }] },
      says: /config.yaml: gateways\[0\].adapter="Istio" is not known; did you mean istio\?/,
    },
    {
      because: 'a wrong option',
      content: { gateways: [{ name: 'a', adapter: 'istio', options: { paths: 'lax' } }] },
      says: /gateways\[0\].options: paths = "lax" is not allowed; write one of strict, legacy/,
    },
    {
      because: 'two metrics adapters in force',
      content: { ...two, metrics: [{ adapter: 'ServiceMonitor' }, { adapter: 'PrometheusAnnotation' }] },
      says: 'more than one metrics adapter; mark all but one as retired',
    },
  ])('with $because ends the start', async ({ content, says }) => {
    await expect(async () => rulesFor(configuration({}, file(content)))).rejects.toThrow(says)
  })

  it('and a variable that says the same end the start', () => {
    expect(() => configuration({ GATEWAY: 'istio' }, file(two))).toThrow(
      /^GATEWAY is set although .*; remove the variable/,
    )
  })
})
