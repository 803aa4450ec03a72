/**
 * The CRD of ExposedAPI before a real API server: ours, the same with a status subresource, and that of ODA Canvas.
 *
 * Each takes part in the same story: it is accepted, it keeps real objects as they are, the operator works with it, and the
 * operator goes on when the status subresource comes or goes while it runs.
 */
import { readFileSync } from 'node:fs'
import { customResourceDefinition } from '@exposedapi/core/engine'
import { type Api, backend, type Canvas, exposedApi, type Manifest, namespace } from '@exposedapi/testbed/canvas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { canvasForOperator, runOperator } from '../support/operator.ts'
import {
  because,
  chartApis,
  chartNames,
  goldenApis,
  hasReferenceData,
  NAMESPACE,
  upstreamCrd,
} from '../support/reference-data.ts'

const COMMITTED = new URL('../../packages/core/crds/exposedapis.yaml', import.meta.url)
const NAME = 'exposedapis.oda.tmforum.org'
/** Has what no chart has: apiTypes mcp and openmetrics, policies, and fields that the schema does not declare. */
const EXTRAS = 'servicemonitor-extras'
const VERSIONS = ['v1beta3', 'v1beta4', 'v1'] as const

const ours = { crd: 'our CRD', object: parse(readFileSync(COMMITTED, 'utf8')) as Manifest }
const withStatus = {
  crd: 'our CRD with status subresource',
  object: customResourceDefinition({ statusSubresource: true }) as Manifest,
}
const upstream = { crd: 'the CRD of ODA Canvas', object: hasReferenceData ? upstreamCrd('exposedapi') : ours.object }

describe(ours.crd, () => story(ours.object))
describe(withStatus.crd, () => story(withStatus.object))
describe.skipIf(!hasReferenceData)(`${upstream.crd}${because}`, () => story(upstream.object))

function story(crd: Manifest): void {
  const set = {} as { canvas: Canvas; api: Api }

  beforeAll(async () => {
    set.canvas = await canvasForOperator({ exposedApiCrd: crd })
    set.api = set.canvas.api
  })
  afterAll(() => set.canvas?.[Symbol.asyncDispose]())

  it('is established, structural, and stores v1', async () => {
    const { spec, status } = (await set.api.get('CustomResourceDefinition', '', NAME)) as Manifest
    const conditions = status.conditions.map(({ type, status }: Manifest) => `${type}=${status}`)
    expect(conditions).toEqual(expect.arrayContaining(['NamesAccepted=True', 'Established=True']))
    expect(conditions).not.toContain('NonStructuralSchema=True')
    expect(status.storedVersions).toEqual(['v1'])
    expect(spec.versions.map(({ name, served }: Manifest) => [name, served])).toEqual(
      VERSIONS.map((name) => [name, true]),
    )
  })

  it.skipIf(!hasReferenceData)(`keeps every real ExposedAPI as it is${because}`, async () => {
    const groups = [
      ...chartNames.map((name) => [name, chartApis(name)] as const),
      [EXTRAS, goldenApis(EXTRAS)] as const,
    ]
    const objects = groups.flatMap(([name, apis]) => apis.map((api) => inNamespace(api, name.toLowerCase())))
    expect(objects).toHaveLength(46 + 6)
    await set.api.apply(...groups.map(([name]) => namespace(name.toLowerCase())))
    for (const object of objects) {
      await set.api.create(object)
      for (const version of VERSIONS) {
        const { apiVersion, metadata, spec } = await readAs(version, object, set.api)
        expect(apiVersion).toBe(`oda.tmforum.org/${version}`)
        expect(metadata.labels).toEqual(object.metadata.labels)
        expect(spec).toEqual(version === 'v1' ? object.spec : asOlder(object.spec))
      }
    }
  })

  it.each([
    { version: 'v1', apiType: 'graphql', because: 'nobody knows it' },
    { version: 'v1', apiType: 'OpenAPI', because: 'letters count' },
    { version: 'v1beta4', apiType: 'mcp', because: 'it came with v1' },
    { version: 'v1beta3', apiType: 'openmetrics', because: 'it came with v1' },
  ])('$version refuses apiType $apiType and names the field: $because', async ({ version, apiType }) => {
    const api = { ...exposedApi(NAMESPACE, 'refused', { apiType }), apiVersion: `oda.tmforum.org/${version}` }
    await expect(set.api.create(api)).rejects.toThrow(/spec\.apiType: Unsupported value/)
    await expect(set.api.get('ExposedAPI', NAMESPACE, 'refused')).resolves.toBeUndefined()
  })

  it('an API converges, and goes on when the status subresource is switched under the operator', async () => {
    await using _operator = await runOperator(set.canvas)
    await set.api.apply(...backend(NAMESPACE, 'shop-svc', 8080), exposedApi(NAMESPACE, 'shop'))
    await published(set.api, '/shop')

    await set.api.patch('CustomResourceDefinition', '', NAME, { spec: switched(crd.spec) })
    // The change follows at once, so the operator may still write to where the status was.
    await expect.poll(() => servesStatus(set.api, 'shop'), { interval: 2, timeout: 20_000 }).toBe(!hasStatus(crd.spec))
    await set.api.patch('ExposedAPI', NAMESPACE, 'shop', { spec: { path: '/shop/v2' } })
    await published(set.api, '/shop/v2')
  })
}

function readAs(version: string, { metadata: { namespace, name } }: Manifest, { client }: Api): Promise<Manifest> {
  return client.request({ path: `/apis/oda.tmforum.org/${version}/namespaces/${namespace}/exposedapis/${name}` })
}

/** A specification is a list there, so reading prunes every field of the object that v1 stored; all else stays. */
function asOlder(spec: Manifest['spec']): object {
  return spec.specification === undefined ? spec : { ...spec, specification: {} }
}

/** Resolves when the status says that the API is served at this path. */
async function published(api: Api, path: string): Promise<void> {
  const is = ({ status }: Manifest) => status?.implementation?.ready === true && status.apiStatus.path === path
  const found = await api.until('ExposedAPI', NAMESPACE, 'shop', (object) => object !== undefined && is(object), 20_000)
  expect(found?.status.apiStatus.url).toMatch(new RegExp(`^https://[0-9.]+${path}$`))
}

/** 404 as long as there is no subresource. The API server does not tell when it serves a changed CRD. */
async function servesStatus(api: Api, name: string): Promise<boolean> {
  const path = `/apis/oda.tmforum.org/v1/namespaces/${NAMESPACE}/exposedapis/${name}/status`
  return api.client.request({ path }).then(
    () => true,
    () => false,
  )
}

function hasStatus({ versions }: Manifest['spec']): boolean {
  return versions.every(({ subresources }: Manifest) => subresources?.status !== undefined)
}

function switched(spec: Manifest['spec']): object {
  const bare = spec.versions.map(({ subresources: _, ...version }: Manifest) => version)
  return {
    versions: hasStatus(spec) ? bare : bare.map((version: object) => ({ ...version, subresources: { status: {} } })),
  }
}

/** Without owner: the garbage collector deletes an object whose owner does not exist. */
function inNamespace({ apiVersion, kind, metadata: { name, labels }, spec }: Manifest, where: string): Manifest {
  return { apiVersion, kind, metadata: { name, labels, namespace: where }, spec }
}
