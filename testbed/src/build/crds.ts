import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { go } from './go.ts'

/** The CustomResourceDefinitions that the test bed knows: all of Istio's, the Gateway API's and the Prometheus operator's, and Component. */
export type CrdName =
  | `${string}.istio.io`
  | `${string}.gateway.networking.k8s.io`
  | `${string}.monitoring.coreos.com`
  | 'components.oda.tmforum.org'

const MODULE = join(import.meta.dirname, '..', '..', 'crds')

/**
 * CustomResourceDefinitions by name, in that order, as parsed objects.
 *
 * Other projects' files are not copied here: they are read from their Go modules, whose versions and checksums testbed/crds pins. The
 * first use downloads these modules; later ones need no network.
 */
export async function crds(names: readonly CrdName[]): Promise<object[]> {
  return Promise.all(names.map(crd))
}

async function crd(name: CrdName): Promise<object> {
  const file = await sourceOf(name)
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`testbed: there is no CRD ${name}: cannot read ${file}`, { cause: error })
  })
  // Istio's file holds them all. Parsing only the document we need takes milliseconds, parsing the file takes a second.
  const wanted = text.split(/^---$/m).find((document) => document.includes(`\n  name: ${name}\n`))
  if (wanted === undefined) throw new Error(`testbed: ${file} does not contain CRD ${name}`)
  return parse(wanted)
}

async function sourceOf(name: CrdName): Promise<string> {
  if (name.endsWith('.istio.io'))
    return join(await folderOf('istio.io/api'), 'kubernetes', 'customresourcedefinitions.gen.yaml')
  const plural = name.slice(0, name.indexOf('.'))
  if (name.endsWith('.gateway.networking.k8s.io')) {
    const folder = await folderOf('sigs.k8s.io/gateway-api')
    return join(folder, 'config', 'crd', 'standard', `gateway.networking.k8s.io_${plural}.yaml`)
  }
  if (!name.endsWith('.monitoring.coreos.com')) return join(MODULE, 'component.yaml')
  const folder = await folderOf('github.com/prometheus-operator/prometheus-operator')
  return join(folder, 'example', 'prometheus-operator-crd', `monitoring.coreos.com_${plural}.yaml`)
}

const folders = new Map<string, Promise<string>>()

/** Where a pinned module lies unpacked. Go downloads it if need be and refuses content that go.sum does not know. */
function folderOf(module: string): Promise<string> {
  const known = folders.get(module) ?? download(module)
  folders.set(module, known)
  return known
}

async function download(module: string): Promise<string> {
  const printed: { Dir: string } = JSON.parse(
    await go(['mod', 'download', '-json', module], MODULE).catch((error: unknown) => {
      throw new Error(`testbed: "go mod download ${module}", which brings CRDs, failed in ${MODULE}`, {
        cause: error,
      })
    }),
  )
  return printed.Dir
}
