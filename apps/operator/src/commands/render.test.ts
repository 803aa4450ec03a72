import { readFileSync } from 'node:fs'
import type { KubeObject } from '@exposedapi/core'
import { expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { configuration } from '../configuration/environment.ts'
import { rulesFor } from '../configuration/rules.ts'
import { rendering } from './render.ts'

const EXAMPLE = new URL('../../../../examples/product-catalog/', import.meta.url)
const GATEWAY = { APIOPERATORISTIO_COMPONENTGATEWAY: 'canvas/component-gateway' }

function example(): KubeObject[] {
  return ['backends.yaml', 'component.yaml', 'exposedapis.yaml', 'gateway.yaml'].flatMap((file) =>
    parseAllDocuments(readFileSync(new URL(file, EXAMPLE), 'utf8')).map((document) => document.toJS() as KubeObject),
  )
}

async function rendered(objects: readonly KubeObject[], environment = {}) {
  return rendering(objects, await rulesFor(configuration({ ...GATEWAY, ...environment })))
}

it('renders a route and a status for each API of the example, and a monitor for the metrics API', async () => {
  const { documents, refused } = await rendered(example())
  const kinds = (documents as KubeObject[]).map(({ kind }) => kind).sort()
  expect(kinds).toEqual([...Array(3).fill('ExposedAPI'), 'ServiceMonitor', ...Array(3).fill('VirtualService')])
  expect(refused).toEqual([])
})

it('prints the same on every run: no uids, no times', async () => {
  const [first, second] = [await rendered(example()), await rendered(example())]
  expect(first).toEqual(second)
  expect(JSON.stringify(first.documents)).not.toMatch(/"uid"|lastTransitionTime/)
})

it('tells which API is refused, and why', async () => {
  const objects = example().map((object) => {
    return object.kind === 'ExposedAPI'
      ? { ...object, spec: { ...(object as { spec?: object }).spec, port: 0 } }
      : object
  })
  const { refused } = await rendered(objects)
  expect(refused).toHaveLength(3)
  expect(refused[0]).toMatch(/^ExposedAPI components\/.*: InvalidPort: spec\.port 0 is not a port/)
})

it('says so when there is nothing to render, and when an object plays no part', async () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a', namespace: 'b' } }
  const { notes } = await rendered([secret])
  expect(notes).toEqual(['Secret b/a is not needed and is left out', 'there is no ExposedAPI among the manifests'])
})

it('finds the Service of the gateway through Pods, on request', async () => {
  const labels = { app: 'gw', istio: 'ingressgateway' }
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'gw-1', namespace: 'istio-ingress', labels } }
  const ofApp = example().map((object) => {
    if (object.metadata.name !== 'istio-ingress') return object
    const { labels: _, ...metadata } = object.metadata
    return { ...object, metadata, spec: { ...(object as { spec?: object }).spec, selector: { app: 'gw' } } }
  })
  const urls = async (environment: object) => {
    const { documents } = await rendered([...ofApp, pod], environment)
    return JSON.stringify(documents).match(/https:\/\/203\.0\.113\.7/g)?.length ?? 0
  }
  expect(await urls({})).toBe(0)
  expect(await urls({ APIOPERATORISTIO_GATEWAYPODS: 'true' })).toBeGreaterThan(0)
})
