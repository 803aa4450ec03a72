/** What is true of a route that is written: who says what of it, and where it is reachable. */
import {
  type Finding,
  nameOf,
  type Observation,
  type PolicyName,
  type PolicyReport,
  type RouteIntent,
  type View,
} from '@exposedapi/core'
import { pathValue } from '../http-route.ts'
import { GATEWAY_CLASS, NAMESPACE } from '../objects/cluster-kinds.ts'
import { GATEWAY, type Gateway, HTTP_ROUTE, type HttpRoute } from '../objects/kinds.ts'
import { admitsNamespace, type Binding, bindings, listenerList, means } from '../objects/listeners.ts'
import type { Configuration } from '../options.ts'
import { featuresOf } from '../policies/features.ts'
import { addressFinding, addressOn, configuredHosts, type Located, unusable } from './address.ts'
import { type Heard, heardOfGateway, heardOfRoute } from './answers.ts'
import { checkConflicts } from './conflicts.ts'

/** A Gateway by `namespace/name`, if there is one. */
export function gatewayNamed(gateway: string, view: View): Gateway | undefined {
  const [namespace = '', name = ''] = gateway.split('/', 2)
  return view.serves(GATEWAY) === undefined ? undefined : view.get(GATEWAY, namespace, name)
}

/** What is true of a route on the Gateway of that name, but for what is published. */
export function observed(route: RouteIntent, name: string, options: Configuration, view: View): Observation {
  const gateway = gatewayNamed(name, view)
  if (!gateway) return withoutGateway(name, route, options, view)
  const own = written(route, view)
  const heard = heardOf(own, gateway, options, view)
  const bound = boundTo(gateway, route, options, view)
  const values = route.paths.flatMap((path) => pathValue(path) ?? [])
  const { address, findings } = heard.refusal?.whole
    ? UNTOLD
    : located(gateway, route, bound, options, own !== undefined)
  return {
    ...(address && { address }),
    findings: [
      ...heard.findings,
      ...checkConflicts(own, values, bound, gateway, view),
      ...streamFindings(route, gateway, view),
      ...findings,
    ],
    policies: policyReports(route, heard),
    awaiting: heard.awaiting,
  }
}

/**
 * Without its Gateway a route is served by nobody. A configured host name is published all the same: it does not depend on the Gateway,
 * which may be about to be created again.
 */
function withoutGateway(name: string, route: RouteIntent, options: Configuration, view: View): Observation {
  const message =
    view.serves(GATEWAY) === undefined
      ? `The cluster does not serve ${GATEWAY.plural}.${GATEWAY.group}.`
      : `Gateway ${name} does not exist.`
  const unserved: Finding = { condition: 'RouteProgrammed', status: 'False', reason: 'GatewayNotFound', message }
  const { publicHost, publicScheme = 'https' } = options
  const [host] = configuredHosts(route.api, options)
  const port = options.publicPort ?? publicHost?.port
  return {
    ...(publicHost &&
      host !== undefined && {
        address: { scheme: publicScheme, host, ...(port !== undefined && { port }), ip: publicHost.host },
      }),
    findings: [unserved, addressFinding('False', 'GatewayNotFound', message)],
    policies: reports(route, 'Pending', message),
  }
}

/** What is said of the Gateway and, once it is written, of the route. */
function heardOf(own: HttpRoute | undefined, gateway: Gateway, { sectionName }: Configuration, view: View): Heard {
  const { controllerName } = view.get(GATEWAY_CLASS, '', gateway.className) ?? {}
  const parent = { gateway: nameOf(gateway), ...(sectionName !== undefined && { sectionName }) }
  const ofGateway = heardOfGateway(gateway)
  const ofRoute = own ? heardOfRoute(own, parent, controllerName) : { findings: [], awaiting: false }
  return {
    ...ofRoute,
    findings: [...ofGateway.findings, ...ofRoute.findings],
    awaiting: ofGateway.awaiting || ofRoute.awaiting,
  }
}

/** The HTTPRoute that is rendered for an API, if it is there and ours. */
function written({ meta: { namespace = '', name } }: RouteIntent, view: View) {
  const found = view.get(HTTP_ROUTE, namespace, name)
  return found?.foreign ? undefined : found
}

/** The listeners that the route is attached to, as far as the Gateway alone tells. */
function boundTo(gateway: Gateway, { api, hosts }: RouteIntent, options: Configuration, view: View) {
  const { namespace } = api.metadata
  const found = view.get(NAMESPACE, '', namespace)
  const labels = found && (found.metadata.labels ?? {})
  return bindings(
    gateway,
    hosts,
    (listener) => means(options, listener) && admitsNamespace(listener, gateway, namespace, labels),
  )
}

/** Where the controller has told, or will tell, why there is no address. */
const UNTOLD: Located = { findings: [] }

function located(
  gateway: Gateway,
  { api, hosts }: RouteIntent,
  bound: readonly Binding[],
  options: Configuration,
  isWritten: boolean,
): Located {
  if (bound.length > 0) return addressOn(gateway, bound, api, options)
  if (bindings(gateway, ['*'], (listener) => means(options, listener)).length === 0) {
    return { findings: [unusable(gateway, options)] }
  }
  // Our words would stay in the status: other words alone are not worth a write.
  if (isWritten) return UNTOLD
  const message = `No listener of Gateway ${nameOf(gateway)} admits namespace ${api.metadata.namespace} with host ${hosts.join(', ')} (listeners: ${listenerList(gateway)}).`
  return { findings: [{ condition: 'RouteProgrammed', status: 'False', reason: 'NotAllowedByGateway', message }] }
}

/** A policy of the route is in force when the route is. */
function policyReports(route: RouteIntent, { refusal, awaiting }: Heard): readonly PolicyReport[] {
  if (refusal !== undefined) return reports(route, 'Refused', refusal.message)
  if (awaiting) return reports(route, 'Pending', 'The controller of the Gateway has not answered yet.')
  return reports(route, 'Enforced', 'The controller of the Gateway has accepted the route.')
}

function reports({ policies }: RouteIntent, state: PolicyReport['state'], message: string): readonly PolicyReport[] {
  return (Object.keys(policies) as PolicyName[]).map((policy) => ({ policy, state, message }))
}

/** Streams of an MCP API stay open for hours; a gateway that cannot switch its timeouts off will cut them. */
function streamFindings({ api }: RouteIntent, gateway: Gateway, view: View): readonly Finding[] {
  if (api.spec.apiType !== 'mcp') return []
  const { requestTimeout } = featuresOf(gateway, view)
  if (requestTimeout.answer === 'yes') return []
  const message = `The gateway may cut streams: nothing tells that its timeouts can be switched off. ${requestTimeout.because}`
  return [{ condition: 'RouteProgrammed', status: 'True', reason: 'ReportedByGateway', message }]
}
