/**
 * VirtualServices of others on the same Gateway, and ours on other Gateways of the same pods. istiod merges all routes of a
 * host by age and reports nothing, so we do.
 *
 * What is found is advice: our route stays, and nobody else's is touched.
 */
import { type Finding, isBelow, type KubeObject, nameOf, type RouteIntent, type View } from '@exposedapi/core'
import { type ForeignPath, isMovedLast } from '../objects/foreign-route.ts'
import {
  FOREIGN_BY_GATEWAY,
  GATEWAY,
  GATEWAY_BY_SELECTOR,
  type Gateway,
  selectorText,
  VIRTUAL_SERVICE,
  type VirtualService,
} from '../objects/kinds.ts'
import { bindings, virtualHosts } from '../objects/servers.ts'
import type { Configuration } from '../options.ts'
import { type ForeignRoute, foreignTable } from './foreign-routes-by-path.ts'
import { neighbours } from './gateways-on-same-pods.ts'
import { siblingsOver } from './own-routes-elsewhere.ts'
import { visibility } from './visibility.ts'

/** More names than this help nobody, and must not fill a status. */
const MAX_NAMES = 5

/** Advice on `RouteProgrammed` about routes that hide this one or are hidden by it. `gateway` is `namespace/name`. */
export function checkConflicts(
  { api, hosts, paths }: RouteIntent,
  own: VirtualService | undefined,
  gateway: string,
  options: Configuration,
  view: View,
): readonly Finding[] {
  const first = new Set<string>()
  const later = new Set<string>()
  const narrower = new Set<string>()
  const [ours, ...others] = gatewaysOf(gateway, view)
  const isVisible = visibility(gateway, options, view)
  const served = virtualHosts(bindings(ours, hosts, api.metadata.namespace))
  for (const through of [ours, ...others]) {
    const name = through === UNKNOWN ? gateway : nameOf(through)
    const table = foreignTable(name, through, view.by(FOREIGN_BY_GATEWAY, name))
    const comesFirst = (other: VirtualService) =>
      through === ours ? own === undefined || isOlder(other, own) : isOlder(through, ours)
    for (const path of paths) {
      for (const route of table.near(path, served).flatMap((route) => delegated(route, view))) {
        if (route.of === own || !isVisible(route.of)) continue
        const effect = effectOn(path, route.path, comesFirst(route.of))
        if (effect) (effect === 'taken' ? first : later).add(described(route, gateway))
      }
    }
    for (const other of table.narrower(served)) if (other !== own && isVisible(other)) narrower.add(nameOf(other))
  }
  const older = others.filter((through) => isOlder(through, ours))
  for (const { of, through } of siblingsOver(paths, served, older, options, view)) {
    first.add(`${nameOf(of)} (through Gateway ${nameOf(through)})`)
  }
  return [
    advice('VirtualServices that Istio puts before this one take requests from it', first),
    advice('VirtualServices that Istio puts after this one lose requests to it', later),
    advice('Under the more specific hosts of these VirtualServices, requests for this one are answered 404', narrower),
  ].filter((finding) => finding !== undefined)
}

/** Where nothing is known of the Gateway, all that name it are on one port and for any host. */
const UNKNOWN: Gateway = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'Gateway',
  metadata: { name: '', namespace: '' },
  selector: {},
  servers: [{ number: 80, protocol: 'HTTP', hosts: ['*'] }],
}

/** The Gateway, and others that configure the same ports of the same pods. */
function gatewaysOf(gateway: string, view: View): readonly [Gateway, ...Gateway[]] {
  const [namespace = '', name = ''] = gateway.split('/', 2)
  const own = view.serves(GATEWAY) === undefined ? undefined : view.get(GATEWAY, namespace, name)
  if (!own) return [UNKNOWN]
  return [own, ...neighbours(view.by(GATEWAY_BY_SELECTOR, selectorText(own.selector)), own)]
}

/** A route through a delegate is what the delegate says: its matches lie below those of the root, or are the root's. */
function delegated(route: ForeignRoute, view: View): readonly ForeignRoute[] {
  const { delegate } = route.path
  if (delegate === undefined) return [route]
  const [namespace = '', name = ''] = delegate.split('/', 2)
  const paths = view.get(VIRTUAL_SERVICE, namespace, name)?.foreign?.paths ?? []
  return paths.map((path) => ({ ...route, path: { ...(isMovedLast(path) ? route.path : path), delegate } }))
}

/** Does a route of others take requests of our path, or lose its own to us? Being more specific takes nothing away. */
function effectOn(ours: string, theirs: ForeignPath, isFirst: boolean): 'taken' | 'lost' | undefined {
  // istiod moves a catch-all behind all other routes, ours and theirs alike.
  const precedes = isMovedLast(theirs) ? ours === '/' && isFirst : ours === '/' || isFirst
  if (precedes) return takes(theirs, ours) ? 'taken' : undefined
  return loses(theirs, ours) ? 'lost' : undefined
}

function takes({ path, how, anyCase }: ForeignPath, ours: string): boolean {
  const [theirs, mine] = anyCase ? [path.toLowerCase(), ours.toLowerCase()] : [path, ours]
  return how === 'exact' ? theirs === mine : mine.startsWith(theirs) || theirs === `${mine}/`
}

function loses(theirs: ForeignPath, ours: string): boolean {
  return theirs.path === ours || (ours !== '/' && isBelow(theirs.path, ours))
}

/**
 * istiod's order: creationTimestamp, name, namespace. All routes of an older Gateway come before those of a younger one; the
 * age of VirtualServices counts on one and the same Gateway only, and one of ours that is not written yet is the youngest.
 */
function isOlder(a: KubeObject, b: KubeObject): boolean {
  return ageKey(a) < ageKey(b)
}

function ageKey({ metadata: { creationTimestamp = '', name, namespace = '' } }: KubeObject): string {
  return `${creationTimestamp} ${name} ${namespace}`
}

function described({ of, path: { how, delegate }, through }: ForeignRoute, gateway: string): string {
  const notes = [
    ...(through === gateway ? [] : [`through Gateway ${through}`]),
    ...(delegate === undefined ? [] : [`delegate ${delegate}`]),
    ...(how === 'regex' ? ['possibly: its path is a regular expression'] : []),
  ]
  return notes.length > 0 ? `${nameOf(of)} (${notes.join('; ')})` : nameOf(of)
}

function advice(what: string, others: ReadonlySet<string>): Finding | undefined {
  if (others.size === 0) return undefined
  const names = [...others].sort()
  const list = names.slice(0, MAX_NAMES).join(', ')
  const message = `${what}: ${list}${names.length > MAX_NAMES ? ' and more' : ''}.`
  return { condition: 'RouteProgrammed', status: 'True', reason: 'RouteConflict', message }
}
