/** Which URL a kind has; the kinds that tests and the demo handle. */

/** Where the objects of a kind are served. */
export interface Resource {
  readonly apiVersion: string
  readonly plural: string
  readonly clusterScoped?: true
}

const RESOURCES: Readonly<Record<string, Resource>> = {
  Namespace: { apiVersion: 'v1', plural: 'namespaces', clusterScoped: true },
  Node: { apiVersion: 'v1', plural: 'nodes', clusterScoped: true },
  Pod: { apiVersion: 'v1', plural: 'pods' },
  Service: { apiVersion: 'v1', plural: 'services' },
  Secret: { apiVersion: 'v1', plural: 'secrets' },
  ServiceAccount: { apiVersion: 'v1', plural: 'serviceaccounts' },
  ConfigMap: { apiVersion: 'v1', plural: 'configmaps' },
  EndpointSlice: { apiVersion: 'discovery.k8s.io/v1', plural: 'endpointslices' },
  Role: { apiVersion: 'rbac.authorization.k8s.io/v1', plural: 'roles' },
  RoleBinding: { apiVersion: 'rbac.authorization.k8s.io/v1', plural: 'rolebindings' },
  ClusterRole: { apiVersion: 'rbac.authorization.k8s.io/v1', plural: 'clusterroles', clusterScoped: true },
  ClusterRoleBinding: {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    plural: 'clusterrolebindings',
    clusterScoped: true,
  },
  CustomResourceDefinition: {
    apiVersion: 'apiextensions.k8s.io/v1',
    plural: 'customresourcedefinitions',
    clusterScoped: true,
  },
  Component: { apiVersion: 'oda.tmforum.org/v1', plural: 'components' },
  ExposedAPI: { apiVersion: 'oda.tmforum.org/v1', plural: 'exposedapis' },
  Gateway: { apiVersion: 'networking.istio.io/v1', plural: 'gateways' },
  // Of the Gateway API. Its Gateway shares the name of Istio's, so it goes by its full name.
  'Gateway.gateway.networking.k8s.io': { apiVersion: 'gateway.networking.k8s.io/v1', plural: 'gateways' },
  GatewayClass: { apiVersion: 'gateway.networking.k8s.io/v1', plural: 'gatewayclasses', clusterScoped: true },
  HTTPRoute: { apiVersion: 'gateway.networking.k8s.io/v1', plural: 'httproutes' },
  VirtualService: { apiVersion: 'networking.istio.io/v1', plural: 'virtualservices' },
  ServiceMonitor: { apiVersion: 'monitoring.coreos.com/v1', plural: 'servicemonitors' },
}

/** The resource of a kind. Throws for a kind that is not in the table. */
export function resourceOf(kind: string): Resource {
  const resource = RESOURCES[kind]
  if (!resource)
    throw new Error(`testbed: the URL of kind ${kind} is not known: add it to testbed/src/canvas/resources.ts`)
  return resource
}

/** URL path of one object, or of all of a kind when there is no name, or no namespace. */
export function pathOf(kind: string, namespace?: string, name?: string, apiVersion?: string): string {
  const resource = resourceOf(kind)
  const version = apiVersion ?? resource.apiVersion
  const base = version.includes('/') ? `/apis/${version}` : `/api/${version}`
  const scope = resource.clusterScoped || namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`
  return `${base}${scope}/${resource.plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`
}
