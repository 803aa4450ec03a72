/**
 * A model of what istiod and Envoy do with the VirtualServices of one Gateway.
 *
 * VirtualServices are sorted by creationTimestamp, name, namespace; their rules are appended per host; a catch-all without
 * other conditions ends its VirtualService and moves behind all others; the first rule that matches serves the request.
 */
import type { KubeObject } from '@exposedapi/core'
import type { HttpMatch, HttpRule, VirtualServiceSpec } from '../src/virtual-service.ts'

export interface Written extends KubeObject {
  readonly spec: VirtualServiceSpec
}

export interface Call {
  readonly host: string
  readonly path: string
  readonly method: string
}

/** The name of the rule that serves the call; undefined is 404. */
export function served(all: readonly Written[], call: Call): HttpRule | undefined {
  const here = all.filter(({ spec }) => spec.hosts.includes(call.host) || spec.hosts.includes('*'))
  const routes = here.toSorted((a, b) => (age(a) < age(b) ? -1 : 1)).flatMap(({ spec }) => translated(spec.http))
  const ordered = [
    ...routes.filter(({ match }) => !isCatchAll(match)),
    ...routes.filter(({ match }) => isCatchAll(match)),
  ]
  return ordered.find(({ match }) => matches(match, call))?.rule
}

function age({ metadata }: KubeObject): string {
  return `${metadata.creationTimestamp} ${metadata.name} ${metadata.namespace}`
}

interface Route {
  readonly rule: HttpRule
  readonly match: HttpMatch
}

function translated(rules: readonly HttpRule[]): readonly Route[] {
  const routes = rules.flatMap((rule) => rule.match.map((match) => ({ rule, match })))
  const end = routes.findIndex(({ match }) => isCatchAll(match))
  return end < 0 ? routes : routes.slice(0, end + 1)
}

function isCatchAll({ uri, method, authority }: HttpMatch): boolean {
  return 'prefix' in uri && uri.prefix === '/' && !method && !authority
}

function matches({ uri, method, authority }: HttpMatch, call: Call): boolean {
  if (method && method.exact !== call.method) return false
  // JavaScript has no (?i) at the start; RE2 matches the whole text.
  if (authority && !new RegExp(`^${authority.regex.replace('(?i)', '')}$`, 'i').test(call.host)) return false
  if ('exact' in uri) return call.path === uri.exact
  return 'prefix' in uri && call.path.startsWith(uri.prefix)
}
