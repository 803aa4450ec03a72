/**
 * HTTPRoutes of others on the same Gateway. Of several rules for one path the Gateway API takes an exact match, then one with more
 * conditions, then that of the older route, and tells nobody; so we do.
 *
 * What is found is advice: our route stays, and nobody else's is touched.
 */
import { covers, type Finding, groupBy, type KubeObject, nameOf, type View } from '@exposedapi/core'
import type { ForeignPath } from '../objects/foreign-route.ts'
import { attachmentsOf, FOREIGN_BY_GATEWAY, type Gateway, type HttpRoute } from '../objects/kinds.ts'
import { type Binding, bindings, means, virtualHosts } from '../objects/listeners.ts'

/** More names than this help nobody, and must not fill a status. */
const MAX_NAMES = 5

/** One path of one HTTPRoute. */
interface Entry {
  readonly of: HttpRoute
  readonly path: ForeignPath
}

/** The routes of others on one Gateway, by virtual host. */
interface Table {
  on(hosts: readonly string[]): readonly Shelf[]
  /** Names of the routes under more specific hosts than these. */
  below(hosts: readonly string[]): ReadonlySet<string>
}

/** The routes of others in one virtual host. */
interface Shelf {
  /** Exact and prefix matches by path. */
  readonly at: ReadonlyMap<string, readonly Entry[]>
  readonly regexes: readonly Entry[]
  readonly owners: readonly HttpRoute[]
}

/** Advice on `RouteProgrammed` about routes that take requests of these paths, or lose theirs to them. */
export function checkConflicts(
  own: KubeObject | undefined,
  paths: readonly string[],
  bound: readonly Binding[],
  gateway: Gateway,
  view: View,
): readonly Finding[] {
  const table = tableOf(view.by(FOREIGN_BY_GATEWAY, nameOf(gateway)), gateway)
  const hosts = virtualHosts(bound)
  const taking = new Set<string>()
  const losing = new Set<string>()
  for (const shelf of table.on(hosts)) {
    for (const path of paths) {
      for (const { of, path: theirs } of shelf.at.get(path) ?? []) {
        ;(outranks(of, theirs, own) ? taking : losing).add(nameOf(of))
      }
      for (const { of } of shelf.regexes.filter((entry) => path.startsWith(entry.path.path))) {
        taking.add(`${nameOf(of)} (perhaps, by a regular expression)`)
      }
    }
  }
  return [
    advice('HTTPRoutes that come before this one on its Gateway and host take requests', taking),
    advice('HTTPRoutes that come after this one on its Gateway and host lose requests to it', losing),
    advice('Requests may be answered 404 under more specific hosts of other HTTPRoutes', table.below(hosts)),
  ].filter((finding) => finding !== undefined)
}

/** Does a rule for our own path come before ours? */
function outranks(of: HttpRoute, { how, conditional }: ForeignPath, own: KubeObject | undefined): boolean {
  // One of ours that is not written yet is the youngest.
  return how === 'exact' || conditional || own === undefined || ageKey(of) < ageKey(own)
}

/** creationTimestamp, then namespace/name. */
function ageKey(route: KubeObject): string {
  return `${route.metadata.creationTimestamp ?? ''} ${nameOf(route)}`
}

const TABLES = new WeakMap<readonly HttpRoute[], WeakMap<Gateway, Table>>()

/**
 * There may be thousands of routes, and thousands of APIs that ask: the view hands out the same list until something in it changes, so
 * what was made of a list is right as long as the list is at hand.
 */
function tableOf(others: readonly HttpRoute[], gateway: Gateway): Table {
  const known = TABLES.get(others) ?? new WeakMap<Gateway, Table>()
  TABLES.set(others, known)
  const table = known.get(gateway) ?? built(others, gateway)
  known.set(gateway, table)
  return table
}

function built(others: readonly HttpRoute[], gateway: Gateway): Table {
  const places = others.flatMap((of) => virtualHostsOf(of, gateway).map((host) => ({ host, of })))
  const byHost = groupBy(places, ({ host }) => host)
  const shelves = new Map([...byHost].map(([host, some]) => [host, shelf(some.map(({ of }) => of))]))
  const narrower = new Map<string, ReadonlySet<string>>()
  return {
    on: (hosts) => hosts.flatMap((host) => shelves.get(host) ?? []),
    below: (hosts) => {
      const key = hosts.join(' ')
      const names = narrower.get(key) ?? ownersBelow(hosts, shelves)
      narrower.set(key, names)
      return names
    },
  }
}

/** Where a route is that its controller has accepted. */
function virtualHostsOf(route: HttpRoute, gateway: Gateway): readonly string[] {
  const attachments = attachmentsOf(route).filter((attachment) => attachment.gateway === nameOf(gateway))
  const { hosts = [] } = route.foreign ?? {}
  return virtualHosts(bindings(gateway, hosts, (listener) => attachments.some((one) => means(one, listener))))
}

function shelf(owners: readonly HttpRoute[]): Shelf {
  const entries = owners.flatMap((of) => (of.foreign?.paths ?? []).map((path): Entry => ({ of, path })))
  const plain = entries.filter(({ path }) => path.how !== 'regex')
  return {
    at: groupBy(plain, ({ path }) => path.path),
    regexes: entries.filter(({ path }) => path.how === 'regex'),
    owners,
  }
}

/** Many gateways look at the routes of the most specific host alone. */
function ownersBelow(ours: readonly string[], shelves: ReadonlyMap<string, Shelf>): ReadonlySet<string> {
  const narrow = [...shelves].filter(([theirs]) => !ours.includes(theirs) && ours.some((one) => narrows(theirs, one)))
  return new Set(narrow.flatMap(([, { owners }]) => owners.map(nameOf)))
}

function narrows(theirs: string, ours: string): boolean {
  const [theirPort, theirHost = ''] = theirs.split(' ')
  const [port, host = ''] = ours.split(' ')
  return theirPort === port && covers(host, theirHost)
}

function advice(what: string, others: ReadonlySet<string>): Finding | undefined {
  if (others.size === 0) return undefined
  const names = [...others].sort()
  const list = names.slice(0, MAX_NAMES).join(', ')
  const message = `${what}: ${list}${names.length > MAX_NAMES ? ' and more' : ''}.`
  return { condition: 'RouteProgrammed', status: 'True', reason: 'RouteConflict', message }
}
