/** Our operator on the input of a real Canvas, and beside the output of the operator that it replaces. */
import {
  ADDRESS,
  type Api,
  type Canvas,
  type Manifest,
  type OperatorProcess,
  setAddress,
} from '@exposedapi/testbed/canvas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DIFFERENCES } from '../support/differences.ts'
import { canvasForOperator, runOperator } from '../support/operator.ts'
import { compare } from '../support/reference-compare.ts'
import {
  type Application,
  because,
  chart,
  chartNames,
  type GoldenCase,
  goldenCase,
  goldenNames,
  hasReferenceData,
  NAMESPACE,
  upstreamCrd,
} from '../support/reference-data.ts'
import { converged, entries, install, LISTS, present } from '../support/reference-install.ts'

/** The only chart whose APIs ask for a policy that Istio cannot enforce. */
const WITH_POLICIES = 'productcatalog-v1beta3-plugin'
const DENIED = 'policy apiKeyVerification cannot be enforced'

const set = {} as { canvas: Canvas; api: Api }

beforeAll(async () => {
  if (!hasReferenceData) return
  set.canvas = await canvasForOperator({
    exposedApiCrd: upstreamCrd('exposedapi'),
    componentCrd: upstreamCrd('component'),
  })
  set.api = set.canvas.api
})

afterAll(() => set.canvas?.[Symbol.asyncDispose]())

describe.skipIf(!hasReferenceData)(`ExposedAPIs as the Component operator made them${because}`, () => {
  let operator: OperatorProcess

  beforeAll(async () => {
    operator = await runOperator(set.canvas)
  })
  afterAll(() => operator?.kill())

  it.each(chartNames)('%s: every API is routed, published and monitored', (name) => assertConverges(chart(name)))

  it('there are as many charts as are known', () => {
    expect(chartNames).toHaveLength(14)
  })
})

it.skipIf(!hasReferenceData)(
  `${WITH_POLICIES} behaves as upstream with UNSUPPORTED_POLICY=warn (D49)${because}`,
  async () => {
    await using _operator = await runOperator(set.canvas, { UNSUPPORTED_POLICY: 'warn' })
    await assertConverges(chart(WITH_POLICIES), { warns: true })
  },
)

describe.skipIf(!hasReferenceData)(`compared with the reference operator${because}`, () => {
  const used: string[] = []
  const compared: string[] = []

  it.each(goldenNames)('%s: every difference is a deliberate one', async (name) => {
    const golden = goldenCase(name)
    const written = await rewritten(golden)
    const result = compare(name, written, golden.wrote, DIFFERENCES)
    used.push(...result.used)
    compared.push(name)
    expect(result.unexplained).toEqual([])
  })

  it('each of the known differences is there, as often as it should be', ({ skip }) => {
    skip(compared.length < goldenNames.length, 'only some of the cases ran')
    const times = (id: string) => used.filter((one) => one === id).length
    expect(Object.fromEntries(DIFFERENCES.map(({ id }) => [id, times(id)]))).toEqual(
      Object.fromEntries(DIFFERENCES.map(({ id, times }) => [id, times])),
    )
  })

  it('there are as many cases as are known', () => {
    expect(goldenNames).toHaveLength(8)
  })
})

/** What our operator writes where the reference operator wrote `golden.wrote`. */
async function rewritten({ environment, loadBalancer, application }: GoldenCase): Promise<readonly Manifest[]> {
  const { api, canvas } = set
  await setAddress(api, loadBalancer)
  await using _operator = await runOperator(canvas, environment)
  await using _installed = await install(api, application)
  const apis = await converged(api, application)
  const component = await present(api, 'Component', application.component.metadata.name)
  const [routes, monitors, pods] = await Promise.all(
    ['VirtualService', 'ServiceMonitor', 'Pod'].map((kind) => api.list(kind, NAMESPACE)),
  )
  // Items in a list of a built-in kind do not say what they are.
  const typed = pods?.map((pod) => ({ ...pod, apiVersion: 'v1', kind: 'Pod' }))
  return [component, ...apis, ...(routes ?? []), ...(monitors ?? []), ...(typed ?? [])]
}

async function assertConverges(application: Application, { warns = false } = {}): Promise<void> {
  await using _installed = await install(set.api, application)
  const apis = await converged(set.api, application)
  expect(apis).toHaveLength(application.apis.length)
  for (const api of apis) {
    const isDenied = api.spec.apiKeyVerification?.enabled === true && !warns
    const route = await present(set.api, 'VirtualService', api.metadata.name)
    expect(route).toMatchObject({ metadata: childOf(api) })
    expect(route.metadata.ownerReferences).toHaveLength(1)
    expect(route.spec).toEqual(routeOf(api, isDenied))
    expect(api.status.apiStatus).toEqual(apiStatusOf(api, route))
    expect(api.status.implementation).toEqual({ ready: !isDenied })
    await assertMonitored(api, application)
  }
  await assertComponent(application, apis)
}

async function assertMonitored(api: Manifest, { backends }: Application): Promise<void> {
  const { name } = api.metadata
  const monitor = await set.api.get('ServiceMonitor', NAMESPACE, name)
  if (api.spec.apiType !== 'prometheus') return expect(monitor, `ServiceMonitor ${name}`).toBeUndefined()
  const service = backends.find(({ kind, metadata }) => kind === 'Service' && metadata.name === api.spec.implementation)
  expect(monitor?.metadata).toMatchObject(childOf(api))
  expect(monitor?.spec.selector).toEqual({ matchLabels: service?.metadata.labels })
  expect(monitor?.spec.endpoints).toMatchObject([
    { port: service?.spec.ports[0].name, path: api.spec.path, interval: '15s', scheme: 'http' },
  ])
}

/** Entries as the Component operator made them, with what the API operator adds and nothing else (contract §4.4). */
async function assertComponent({ component }: Application, apis: readonly Manifest[]): Promise<void> {
  const { status } = await present(set.api, 'Component', component.metadata.name)
  const lists = Object.entries(LISTS).map(([segment, list]) => [
    list,
    apis
      .filter(({ spec }) => spec.segment === segment)
      .map(({ metadata: { name, uid }, status: { apiStatus, implementation } }) => ({
        ...{ name, uid, url: apiStatus.url, ready: implementation.ready },
        ...(apiStatus.developerUI && { developerUI: apiStatus.developerUI }),
      })),
  ])
  expect(status).toEqual(Object.fromEntries(lists))
  expect(entries({ ...component, status })).toHaveLength(apis.length)
}

function childOf({ metadata: { name, namespace, uid, labels } }: Manifest): object {
  const owner = { apiVersion: 'oda.tmforum.org/v1', kind: 'ExposedAPI', name, uid }
  return { name, namespace, labels, ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }] }
}

function routeOf({ metadata, spec }: Manifest, isDenied: boolean): object {
  const destination = { host: spec.implementation, port: { number: spec.port } }
  return {
    hosts: ['*'],
    gateways: ['canvas/component-gateway'],
    http: [
      {
        name: `${NAMESPACE}.${metadata.name}`,
        match: [{ uri: { exact: spec.path } }, { uri: { prefix: `${spec.path}/` } }],
        ...(isDenied ? { directResponse: { status: 503, body: { string: DENIED } } } : { route: [{ destination }] }),
      },
    ],
  }
}

/** The exact shape of contract §4.1. */
function apiStatusOf({ metadata, spec }: Manifest, route: Manifest): object {
  const base = `https://${ADDRESS}`
  return {
    ...{ name: metadata.name, uid: route.metadata.uid },
    ...{ path: spec.path, port: spec.port, implementation: spec.implementation },
    ...{ url: `${base}${spec.path}`, ip: ADDRESS },
    ...(spec.developerUI && { developerUI: `${base}${spec.developerUI}` }),
  }
}
