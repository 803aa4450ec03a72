/** The product itself: what it says about objects, and where it leads requests. */

import type { Answers, Served, ServedRequest, StoredObject } from '../../src/conformance/index.ts'
import { isBelow, type KubeObject } from '../../src/index.ts'
import type { Rule } from './gateway.ts'

/** Everything that the product can say. */
export const answers: Required<Answers> = {
  yes: (object) => told(object, object.metadata.generation, { accepted: true }),
  no: (object) => told(object, object.metadata.generation, { accepted: false, message: 'it is not to my taste' }),
  notYet: ({ status: _, ...object }) => object as KubeObject,
  oldGeneration: (object) => told(object, object.metadata.generation - 1, { accepted: true }),
}

function told(object: StoredObject, observedGeneration: number, status: object): KubeObject {
  return { ...object, status: { observedGeneration, ...status } } as KubeObject
}

/** The objects of all APIs as the product reads them, by the order of Routes and rules or by the length of paths. */
export function serves(precedence: 'longest-path' | 'written-order') {
  return (objects: readonly KubeObject[], request: ServedRequest): Served => {
    const routes = objects.filter(({ kind }) => kind === 'Route').toSorted((a, b) => (age(a) < age(b) ? -1 : 1))
    const rules = routes.flatMap((route) => (route as unknown as { spec: { rules: Rule[] } }).spec.rules)
    const ordered = precedence === 'longest-path' ? rules.toSorted((a, b) => b.path.length - a.path.length) : rules
    const rule = ordered.find((one) => matches(one, request))
    return rule ? answered(rule, objects, request) : { status: 404 }
  }
}

function matches({ hosts, match, path }: Rule, request: ServedRequest): boolean {
  const isHere = hosts.length === 0 || hosts.includes(request.host)
  return isHere && (request.path === path || (match === 'segments' && isBelow(request.path, path)))
}

function answered(
  { backend, respond, plugins = [], path, strip }: Rule,
  objects: readonly KubeObject[],
  request: ServedRequest,
): Served {
  if (respond) return { status: respond.status }
  if (!backend) return { status: 500 }
  const named = objects.filter(
    ({ kind, metadata }) => kind === 'Plugin' && plugins.includes(`${metadata.namespace}/${metadata.name}`),
  )
  const specs = named.map((plugin) => (plugin as unknown as { spec: PluginSpec }).spec)
  if (specs.some(({ type }) => type === 'apiKeyVerification')) return { status: 401 }
  const origins = specs.flatMap(({ type, config }) => (type === 'cors' ? config.origins : []))
  return {
    service: `${backend.namespace}/${backend.service}`,
    port: backend.port,
    path: strip ? request.path.slice(path.length) || '/' : request.path,
    allowsOrigin: origins.some((origin) => isAllowed(origin, request.origin ?? '')),
  }
}

interface PluginSpec {
  readonly type: string
  readonly config: { readonly origins: readonly string[] }
}

function isAllowed(allowed: string, origin: string): boolean {
  const [scheme, domain] = allowed.split('://*')
  return allowed === origin || (domain !== undefined && origin.startsWith(`${scheme}://`) && origin.endsWith(domain))
}

function age({ metadata }: KubeObject): string {
  return `${metadata.creationTimestamp} ${metadata.namespace}/${metadata.name}`
}
