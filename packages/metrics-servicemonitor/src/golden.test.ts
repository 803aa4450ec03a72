/** Golden pairs: what is in the cluster, and what is made of it. `UPDATE_GOLDEN=1` writes the second; read the diff. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import {
  CUSTOM_RESOURCE_DEFINITION,
  ENDPOINT_SLICE,
  EXPOSED_API,
  type Kind,
  type KubeObject,
  SERVICE,
} from '@exposedapi/core'
import { adapterOf, exposedApi, MemoryView } from '@exposedapi/core/testing'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments, stringify } from 'yaml'
import { serviceMonitor } from './index.ts'
import { MONITOR_KINDS } from './kind.ts'

const FOLDER = new URL('../testdata/', import.meta.url)
const KINDS: Readonly<Record<string, Kind>> = {
  ExposedAPI: EXPOSED_API,
  Service: SERVICE,
  EndpointSlice: ENDPOINT_SLICE,
  CustomResourceDefinition: CUSTOM_RESOURCE_DEFINITION,
}
const names = readdirSync(FOLDER).flatMap((file) => (file.endsWith('.in.yaml') ? [file.slice(0, -8)] : []))

function rendered(text: string, reverse: boolean): string {
  const documents = parseAllDocuments(text).map((document) => document.toJS())
  const { spec: options = {}, unserved = [] } = documents.find(({ kind }) => kind === 'Options') ?? {}
  const objects: KubeObject[] = documents.filter(({ kind }) => kind !== 'Options')
  const view = new MemoryView()
  for (const object of reverse ? objects.toReversed() : objects) view.add(KINDS[object.kind] as Kind, object)
  for (const group of unserved) view.unserve(MONITOR_KINDS[group as keyof typeof MONITOR_KINDS])
  const adapter = adapterOf(serviceMonitor, options)
  const apis = objects.filter(({ kind }) => kind === 'ExposedAPI')
  return apis
    .map((api) => {
      const { objects: rendered, annotations } = adapter.render(exposedApi(api), view)
      const { findings } = adapter.observe(exposedApi(api), view)
      const result = { objects: rendered.map(({ object }) => object), annotations, findings }
      return `---\n${stringify(result, { lineWidth: 0, aliasDuplicateObjects: false })}`
    })
    .join('')
}

describe('golden', () => {
  it.each(names)('%s', (name) => {
    const text = readFileSync(new URL(`${name}.in.yaml`, FOLDER), 'utf8')
    const out = new URL(`${name}.out.yaml`, FOLDER)
    const result = rendered(text, false)
    if (process.env.UPDATE_GOLDEN) writeFileSync(out, result)
    expect(result).toBe(readFileSync(out, 'utf8'))
    expect(rendered(text, true), 'the order in which objects arrive changes nothing').toBe(result)
  })
})
