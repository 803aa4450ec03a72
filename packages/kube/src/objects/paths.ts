/** URL paths of Kubernetes resources. */

/** A served resource: what its URL needs to know. */
export interface ResourceRef {
  readonly group: string
  readonly version: string
  readonly plural: string
}

/** The discovery document of a group version: `/api/v1`, `/apis/discovery.k8s.io/v1`. */
export function groupVersionPath(group: string, version: string): string {
  return group === '' ? `/api/${segment(version)}` : `/apis/${segment(group)}/${segment(version)}`
}

/** All objects of a resource, in every namespace or in one. */
export function collectionPath(resource: ResourceRef, namespace = ''): string {
  const scope = namespace === '' ? '' : `/namespaces/${segment(namespace)}`
  return `${groupVersionPath(resource.group, resource.version)}${scope}/${segment(resource.plural)}`
}

/** One object, or a subresource of it. An empty namespace means a cluster-scoped object. */
export function objectPath(resource: ResourceRef, namespace: string, name: string, subresource?: string): string {
  const base = groupVersionPath(resource.group, resource.version)
  const scope = namespace === '' ? '' : `/namespaces/${segment(namespace)}`
  const tail = subresource === undefined ? '' : `/${segment(subresource)}`
  return `${base}${scope}/${segment(resource.plural)}/${segment(name)}${tail}`
}

/** Names come from objects that bypassed validation: a name must never reach another path. */
function segment(text: string): string {
  if (text === '' || text === '.' || text === '..')
    throw new Error(`"${text}" cannot be a name in the URL of an object`)
  return encodeURIComponent(text)
}
