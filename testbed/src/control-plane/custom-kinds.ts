import type { Connection } from './kubeconfig.ts'
import { refused, request } from './request.ts'
import { until } from './until.ts'

/** The parts of a CustomResourceDefinition that matter for finding it again. */
interface Definition {
  readonly metadata: { readonly name: string }
  readonly spec: {
    readonly group: string
    readonly names: { readonly plural: string }
    readonly versions: readonly { readonly name: string; readonly served: boolean }[]
  }
}

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/** Creates CustomResourceDefinitions, or replaces their spec, and waits until clients discover the new kinds. */
export async function applyCrds(admin: Connection, manifests: readonly object[]): Promise<void> {
  const definitions = manifests.map(definition)
  await Promise.all(definitions.map((manifest) => applyCrd(admin, manifest)))
  const wanted = definitions.flatMap(({ spec }) =>
    spec.versions.filter(({ served }) => served).map(({ name }) => `${spec.names.plural}.${name}.${spec.group}`),
  )
  await until(`the discovery of ${wanted.join(', ')}`, async () => {
    const served = await servedResources(admin)
    return wanted.every((resource) => served.has(resource))
  })
}

async function applyCrd(admin: Connection, manifest: Definition): Promise<void> {
  const path = `${CRDS}/${manifest.metadata.name}?fieldManager=testbed&force=true`
  const answer = await request(admin, {
    method: 'PATCH',
    path,
    body: manifest,
    contentType: 'application/apply-patch+yaml',
  })
  if (answer.status >= 300) throw refused(`apply CRD ${manifest.metadata.name}`, answer)
}

/** Controllers read this document to learn which kinds exist; a CRD can be `Established` before it is in there. */
async function servedResources(admin: Connection): Promise<Set<string>> {
  const { body } = await request(admin, { path: '/apis', accept: AGGREGATED })
  const list = body as {
    items?: { metadata: { name: string }; versions: { version: string; resources?: { resource: string }[] }[] }[]
  }
  return new Set(
    (list.items ?? []).flatMap(({ metadata, versions }) =>
      versions.flatMap(({ version, resources }) =>
        (resources ?? []).map(({ resource }) => `${resource}.${version}.${metadata.name}`),
      ),
    ),
  )
}

function definition(manifest: object): Definition {
  if (!('kind' in manifest) || manifest.kind !== 'CustomResourceDefinition') {
    const start = JSON.stringify(manifest).slice(0, 100)
    throw new Error(`testbed: "crds" takes CustomResourceDefinitions only, but got: ${start}`)
  }
  return manifest as object as Definition
}
