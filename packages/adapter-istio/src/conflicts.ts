/**
 * VirtualServices of others on the same Gateway. istiod merges all routes of a host by age and tells nobody, so we do.
 *
 * What is found is advice: our route stays, and nobody else's is touched.
 */
import {
  type ExposedApi,
  type Finding,
  isBelow,
  type KubeObject,
  nameOf,
  type RouteIntent,
  type View,
} from '@exposedapi/core'
import { covers } from './hosts.ts'
import { FOREIGN_BY_GATEWAY, type ForeignPath, VIRTUAL_SERVICE, type VirtualService } from './kinds.ts'

/** More names than this help nobody, and must not fill a status. */
const MAX_NAMES = 5

/** Advice on `RouteProgrammed` about routes that hide this one or are hidden by it. `gateway` is `namespace/name`. */
export function checkConflicts({ api, hosts, paths }: RouteIntent, gateway: string, view: View): readonly Finding[] {
  const own = view.get(VIRTUAL_SERVICE, api.metadata.namespace, api.metadata.name)
  const others = view.by(FOREIGN_BY_GATEWAY, gateway).filter((other) => other !== own)
  const sharing = others.filter(({ foreign }) => hosts.some((host) => foreign?.hosts.includes(host)))
  const older = sharing.filter((other) => isOlder(other, own))
  const younger = sharing.filter((other) => !isOlder(other, own))
  return [
    advice('Requests are taken by older VirtualServices on this Gateway and host', older.filter(hidesOneOf(paths))),
    advice(
      'Requests are taken from younger VirtualServices on this Gateway and host',
      younger.filter(isHiddenBy(paths)),
    ),
    advice(
      'Requests are answered 404 under more specific hosts of other VirtualServices on this Gateway',
      others.filter(({ foreign }) => foreign?.hosts.some((theirs) => hosts.some((ours) => narrows(theirs, ours)))),
    ),
    ...exportAdvice(api, own),
  ].filter((finding) => finding !== undefined)
}

/** Envoy looks into the most specific virtual host only. */
function narrows(theirs: string, ours: string): boolean {
  return theirs !== ours && covers(ours, theirs)
}

/** istiod's order: creationTimestamp, name, namespace. A route of ours that is not written yet is the youngest. */
function isOlder(other: VirtualService, own: VirtualService | undefined): boolean {
  return own === undefined || ageKey(other) < ageKey(own)
}

function ageKey({ metadata: { creationTimestamp = '', name, namespace = '' } }: KubeObject): string {
  return `${creationTimestamp} ${name} ${namespace}`
}

/** Does an older one take requests below our paths, other than by being more specific, which is as it should be? */
function hidesOneOf(paths: readonly string[]) {
  return ({ foreign }: VirtualService): boolean =>
    (foreign?.paths ?? []).some((theirs) =>
      paths.some((ours) =>
        isMovedLast(theirs) ? ours === '/' : theirs.exact ? theirs.path === ours : takes(theirs.path, ours),
      ),
    )
}

/** Do we, the older one, take requests that a younger one names more specifically, or equally? */
function isHiddenBy(paths: readonly string[]) {
  return ({ foreign }: VirtualService): boolean =>
    (foreign?.paths ?? []).some(({ path }) =>
      paths.some((ours) => path === ours || (ours !== '/' && isBelow(path, ours))),
    )
}

/** A plain string prefix at or above our path. */
function takes(prefix: string, ours: string): boolean {
  return ours.startsWith(prefix) || prefix === `${ours}/`
}

/** istiod moves a catch-all without conditions behind all other routes, whatever its age. */
function isMovedLast({ path, exact, conditional }: ForeignPath): boolean {
  return path === '/' && !exact && !conditional
}

function advice(what: string, others: readonly VirtualService[]): Finding | undefined {
  if (others.length === 0) return undefined
  const names = others.map(nameOf).sort()
  const list = names.slice(0, MAX_NAMES).join(', ')
  const message = `${what}: ${list}${names.length > MAX_NAMES ? ' and more' : ''}.`
  return { condition: 'RouteProgrammed', status: 'True', reason: 'RouteConflict', message }
}

/** `exportTo` is a field that we do not render, so a server-side apply leaves it to whoever set it. */
function exportAdvice(api: ExposedApi, own: VirtualService | undefined): readonly Finding[] {
  if (!own || own.foreign || own.exportTo.length === 0 || own.exportTo.includes('*')) return []
  const message = `Somebody set exportTo of VirtualService ${nameOf(api)} to ${[...own.exportTo].sort().join(', ')}: a gateway elsewhere does not see the route.`
  return [{ condition: 'RouteProgrammed', status: 'True', reason: 'RouteConflict', message }]
}
