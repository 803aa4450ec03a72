/** What tests ask of ExposedAPIs, and the APIs that they ask it of. */
import { type Api, backend, exposedApi, type Manifest } from '@exposedapi/testbed/canvas'

/** An API with a path of its own in the whole cluster: all namespaces share one gateway. */
export function api(namespace: string, name: string, spec: object = {}, metadata: object = {}): Manifest {
  return exposedApi(namespace, name, { path: `/${namespace}/${name}`, ...spec }, metadata)
}

/** An API and a ready backend for it, in the order in which a chart would bring them. */
export function served(namespace: string, name: string, spec: object = {}, metadata: object = {}): readonly Manifest[] {
  return [...backend(namespace, `${name}-svc`, 8080), api(namespace, name, spec, metadata)]
}

/** Creates a Component without status; resolves with the metadata of the APIs that it owns. */
export async function component(to: Api, namespace: string, name = 'shop'): Promise<object> {
  const apiVersion = 'oda.tmforum.org/v1'
  const labels = { 'oda.tmforum.org/componentName': name }
  const { metadata } = await to.create({
    apiVersion,
    kind: 'Component',
    metadata: { name, namespace, labels },
    spec: {},
  })
  return { labels, ownerReferences: [{ apiVersion, kind: 'Component', name, uid: metadata.uid }] }
}

/** A condition without its time, or undefined. */
export function condition(object: Manifest | undefined, type: string) {
  const conditions: { type: string; status: string; reason: string; message: string }[] =
    object?.status?.conditions ?? []
  return conditions.find((candidate) => candidate.type === type)
}

/** Does a condition of the API say this? */
export function says(type: string, status: string, reason: string) {
  return (object: Manifest | undefined): boolean => {
    const found = condition(object, type)
    return found?.status === status && found.reason === reason
  }
}

/** Is it published, ready and served? */
export function isReady(object: Manifest | undefined): boolean {
  return (
    object?.status?.implementation?.ready === true &&
    urlOf(object) !== undefined &&
    says('Ready', 'True', 'Ready')(object)
  )
}

/** Has it been said not to be ready? */
export function isNotReady(object: Manifest | undefined): boolean {
  return object?.status?.implementation?.ready === false
}

/** The published URL. */
export function urlOf(object: Manifest | undefined): string | undefined {
  return object?.status?.apiStatus?.url
}

/** Paths that a VirtualService matches, in its order. */
export function routedPaths(route: Manifest | undefined): readonly string[] {
  const rules: { match: { uri: { exact?: string; prefix?: string } }[] }[] = route?.spec?.http ?? []
  return rules.flatMap(({ match }) => match.flatMap(({ uri }) => uri.exact ?? uri.prefix ?? []))
}
