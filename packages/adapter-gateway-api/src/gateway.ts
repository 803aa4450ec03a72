/** The Gateway API as a gateway: one HTTPRoute per ExposedAPI, and the address of the Gateway it is attached to. */
import type {
  ExposedApi,
  Finding,
  GatewayAdapter,
  Index,
  KindUse,
  Observation,
  PolicyName,
  PolicyRequests,
  PolicyVerdict,
  Rendered,
  RouteIntent,
  RouteRequest,
  View,
} from '@exposedapi/core'
import { httpRoute, mainPath, pathValue } from './http-route.ts'
import { GATEWAY_CLASS, NAMESPACE, ROUTE_SCHEMA } from './objects/cluster-kinds.ts'
import { servedHosts } from './objects/hosts.ts'
import { FOREIGN_BY_GATEWAY, GATEWAY, HTTP_ROUTE } from './objects/kinds.ts'
import { gatewayNamed, observed } from './observed/observe.ts'
import { type Configuration, configuration, type GatewayApiOptions } from './options.ts'
import { type Features, featuresOf } from './policies/features.ts'
import { policyVerdicts } from './policies/verdicts.ts'

/** The adapter. Pure: everything it knows comes from options, request and view. */
export class GatewayApiGateway implements GatewayAdapter {
  readonly name = 'gateway-api'
  readonly kinds: readonly KindUse[] = [
    // Everywhere: routes of others on the same Gateway may live in any namespace.
    { kind: HTTP_ROUTE, use: 'own', scope: 'cluster', optional: true },
    { kind: GATEWAY, use: 'read', scope: 'cluster', optional: true },
    { kind: GATEWAY_CLASS, use: 'read', scope: 'cluster', optional: true },
    { kind: ROUTE_SCHEMA, use: 'read', scope: 'cluster', optional: true },
    { kind: NAMESPACE, use: 'read', scope: 'cluster', optional: true },
  ]
  readonly indexes: readonly Index[] = [FOREIGN_BY_GATEWAY as Index]
  /** By the specification, whatever the age of the routes. */
  readonly precedence = 'longest-path'
  readonly #options: Configuration

  constructor(options: GatewayApiOptions) {
    this.#options = configuration(options)
  }

  get namespaces(): readonly string[] {
    const [namespace = '', name] = this.#options.gateway.split('/', 2)
    return name === undefined ? [] : [namespace]
  }

  hosts(api: ExposedApi): readonly string[] {
    return servedHosts(api, this.#options.publicHost)
  }

  /** A bare name means another Gateway in each namespace. */
  gatewayOf({ metadata }: ExposedApi): string {
    const { gateway } = this.#options
    return gateway.includes('/') ? gateway : `${metadata.namespace}/${gateway}`
  }

  verdicts(api: ExposedApi, policies: PolicyRequests, view: View): readonly PolicyVerdict[] {
    return policyVerdicts(policies, this.#features(api, view))
  }

  render({ route }: RouteRequest, view: View): readonly Rendered[] {
    const apiVersion = view.serves(HTTP_ROUTE)
    if (apiVersion === undefined) return []
    const { sectionName } = this.#options
    const features = this.#features(route.api, view)
    const object = httpRoute(route, apiVersion, this.gatewayOf(route.api), sectionName, features)
    const enforces = (Object.keys(route.policies) as PolicyName[]).map((policy) => ({ policy }))
    return object ? [{ object, routes: true, enforces }] : []
  }

  observe({ route }: RouteRequest, view: View): Observation {
    const apiVersion = view.serves(HTTP_ROUTE)
    if (apiVersion === undefined) return { findings: [crdMissing()] }
    const findings = route.paths.filter((path) => pathValue(path) === undefined).map((path) => notWritten(path, route))
    if (findings.some(({ status }) => status === 'False')) return { findings }
    const observation = observed(route, this.gatewayOf(route.api), this.#options, view)
    return {
      ...observation,
      published: { apiVersion, kind: HTTP_ROUTE.kind, metadata: route.meta },
      findings: [...findings, ...observation.findings],
    }
  }

  #features(api: ExposedApi, view: View): Features {
    return featuresOf(gatewayNamed(this.gatewayOf(api), view), view)
  }
}

function crdMissing(): Finding {
  const message = `The cluster does not serve ${HTTP_ROUTE.plural}.${HTTP_ROUTE.group}/v1: is the Gateway API installed?`
  return { condition: 'RouteProgrammed', status: 'False', reason: 'CrdMissing', message }
}

/** Advice if it is only the developer UI's. */
function notWritten(path: string, route: RouteIntent): Finding {
  const message = `Path ${path.slice(0, 64)} is not routed: an HTTPRoute cannot hold an empty segment ("//"), an encoded slash ("%2F") or a bracket. Choose another path.`
  const status = path === mainPath(route) ? 'False' : 'True'
  return { condition: 'RouteProgrammed', status, reason: 'PathNotRouted', message }
}
