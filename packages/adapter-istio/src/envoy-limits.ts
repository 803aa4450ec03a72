/**
 * What Envoy must never get.
 *
 * Istio's webhook may be off. Then one VirtualService with a bad regular expression freezes the route table of the whole
 * gateway, for every team. Core reads specs strictly, so nothing here should ever strike; it is the last door.
 */
import type { RouteIntent } from '@exposedapi/core'

const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}$/
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', '*'])
const SERVICE_NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/

/** Istio's limit for a regular expression. */
const MAX_REGEX = 1024

/** A text as a regular expression of RE2 that matches exactly it. */
export function escapedRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

/** Is the regular expression short enough for Istio? */
export function isShortRegex(regex: string): boolean {
  return regex.length <= MAX_REGEX
}

/** Is this a header name, or `*` for all? */
export function isHeaderName(name: string): boolean {
  return HEADER_NAME.test(name)
}

/** Does Istio's webhook know this method? */
export function isMethod(method: string): boolean {
  return METHODS.has(method)
}

/** Why no request can be sent to this implementation; undefined if one can. */
export function destinationProblem({ api }: RouteIntent): string | undefined {
  const { implementation, port } = api.spec
  if (!SERVICE_NAME.test(implementation))
    return `spec.implementation ${JSON.stringify(implementation)} is not the name of a Service`
  if (!Number.isInteger(port) || port < 1 || port > 65535) return `spec.port ${port} is not a port number`
  return undefined
}
