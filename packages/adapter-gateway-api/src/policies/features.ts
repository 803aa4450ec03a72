/**
 * What the controller of a Gateway can do beyond the core of the Gateway API, and what tells so.
 *
 * A GatewayClass lists its features, if its controller fills that list. Where the list is empty, the controller's name tells for those
 * that this adapter has been tried with.
 */
import type { View } from '@exposedapi/core'
import { GATEWAY_CLASS, ROUTE_SCHEMA, ROUTE_SCHEMA_NAME } from '../objects/cluster-kinds.ts'
import type { Gateway } from '../objects/kinds.ts'

/** Whether something is there, and a sentence that says how that is known. */
export interface Known {
  readonly answer: 'yes' | 'no' | 'unknown'
  readonly because: string
}

/** What is known of a Gateway's controller. */
export interface Features {
  /** The filter for CORS: HTTPRoute has it, and the controller honours it. */
  readonly cors: Known
  /** Does the removal of response headers spare those that the gateway sets itself? Known only where it has been tried. */
  readonly stripsHeaders: boolean
  readonly requestTimeout: Known
  readonly backendTimeout: Known
}

/** Controllers whose data plane has been seen to do all that {@link Features} asks about. */
const TRIED = new Set(['istio.io/gateway-controller'])

/** The features behind a Gateway. Without one nobody serves the route yet, so everything may turn out to be possible. */
export function featuresOf(gateway: Gateway | undefined, view: View): Features {
  const known = (feature: string) => (gateway ? knownOf(gateway.className, feature, view) : NOBODY)
  const schema = schemaKnown(view)
  const controllerName = gateway && view.get(GATEWAY_CLASS, '', gateway.className)?.controllerName
  return {
    cors: schema.answer === 'yes' ? known('HTTPRouteCORS') : schema,
    stripsHeaders: TRIED.has(controllerName ?? ''),
    requestTimeout: known('HTTPRouteRequestTimeout'),
    backendTimeout: known('HTTPRouteBackendTimeout'),
  }
}

const NOBODY: Known = { answer: 'yes', because: 'The HTTPRoute of this cluster has the filter.' }

function knownOf(className: string, feature: string, view: View): Known {
  const found = view.get(GATEWAY_CLASS, '', className)
  if (!found) return { answer: 'unknown', because: `GatewayClass ${className} does not exist, or may not be read.` }
  const { features, controllerName } = found
  if (features.includes(feature)) return { answer: 'yes', because: `GatewayClass ${className} lists ${feature}.` }
  if (features.length > 0) return { answer: 'no', because: `GatewayClass ${className} does not list ${feature}.` }
  const silent = `GatewayClass ${className} lists no features`
  return TRIED.has(controllerName)
    ? { answer: 'yes', because: `${silent}, but ${controllerName} is known to have ${feature}.` }
    : { answer: 'unknown', because: `${silent}, and nothing is known of ${controllerName}.` }
}

/** Does the HTTPRoute of this cluster have the filter? */
function schemaKnown(view: View): Known {
  const filters = view.get(ROUTE_SCHEMA, '', ROUTE_SCHEMA_NAME)?.routeFilters
  if (!filters) {
    return { answer: 'unknown', because: `CustomResourceDefinition ${ROUTE_SCHEMA_NAME} may not be read.` }
  }
  if (filters.includes('CORS')) return NOBODY
  return {
    answer: 'no',
    because: 'The HTTPRoute of this cluster has no CORS filter: the Gateway API has it since v1.5.',
  }
}
