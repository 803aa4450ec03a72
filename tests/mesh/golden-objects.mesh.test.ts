/** Everything that the adapter's golden files show is offered to Istio's own webhook. */
import { readdir, readFile } from 'node:fs/promises'
import { ApiError } from '@exposedapi/kube'
import { beforeAll, expect, it } from 'vitest'
import { parse } from 'yaml'
import { meshStage } from './support/mesh-stage.ts'

const GOLDEN = new URL('../../packages/adapter-istio/testdata/', import.meta.url)
const stage = meshStage('golden', { withoutOperator: true })
let namespace = ''

beforeAll(async () => {
  ;({ namespace } = await stage.place())
})

/** An object as golden files show it: what it is, and all of it but the metadata. */
interface Shown {
  /** `Kind namespace/name apiVersion`. */
  readonly is: string
  readonly [field: string]: unknown
}

it('every object that the adapter renders is accepted', async () => {
  const objects = await shownObjects()
  const refused: string[] = []
  for (const { file, object } of objects) {
    await dryRun(object).catch((error) => refused.push(`${file}: ${object.is}: ${error}`))
  }
  console.log(`golden objects: ${objects.length - refused.length} of ${objects.length} accepted`)
  expect(refused).toEqual([])
  expect(objects.length).toBeGreaterThan(20)
})

it('the webhook is asked on a dry run too, and nothing stays of one', async () => {
  const spec = { hosts: ['*'], gateways: ['canvas/component-gateway'], http: [{ directResponse: { status: 99 } }] }
  const refused = dryRun({ is: `VirtualService ${namespace}/bad networking.istio.io/v1`, spec })
  await expect(refused).rejects.toThrow(/admission webhook/)
  await expect(refused).rejects.toThrow(ApiError)
  expect(await stage.api.list('VirtualService', namespace)).toEqual([])
})

async function shownObjects() {
  const files = (await readdir(GOLDEN)).filter((file) => file.endsWith('.out.yaml')).sort()
  const read = files.map(async (file) => {
    const apis = Object.values<{ objects?: Shown[] }>(parse(await readFile(new URL(file, GOLDEN), 'utf8')) ?? {})
    return apis.flatMap(({ objects = [] }) => objects.map((object) => ({ file, object })))
  })
  return (await Promise.all(read)).flat()
}

/** POST with `dryRun=All`, in a namespace of ours: the file's own may not exist. */
async function dryRun({ is, ...content }: Shown): Promise<void> {
  const [kind = '', qualified = '', apiVersion = ''] = is.split(' ')
  const name = qualified.split('/').at(-1) ?? ''
  const path = `/apis/${apiVersion}/namespaces/${namespace}/${await plural(apiVersion, kind)}`
  const body = { apiVersion, kind, metadata: { namespace, name }, ...content }
  await stage.api.client.request({ method: 'POST', path, query: { dryRun: 'All' }, body })
}

async function plural(apiVersion: string, kind: string): Promise<string> {
  const path = `/apis/${apiVersion}`
  const { resources } = await stage.api.client.request<{ resources: { name: string; kind: string }[] }>({ path })
  return resources.find((resource) => resource.kind === kind && !resource.name.includes('/'))?.name ?? ''
}
