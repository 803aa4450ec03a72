/**
 * Routes of others on one Gateway, to be found by path.
 *
 * There may be thousands of them and thousands of APIs, so the table is built once and asked by each API. The view hands out
 * the same list until something in it changes, so the list itself tells whether a table is still right: a memory that cannot
 * be wrong, and that goes with the list.
 */
import type { ForeignPath } from './foreign.ts'
import { covers } from './hosts.ts'
import type { Gateway, VirtualService } from './kinds.ts'
import { bindings, virtualHosts } from './servers.ts'

/** One path of one VirtualService in one virtual host. */
export interface ForeignRoute {
  readonly of: VirtualService
  readonly path: ForeignPath
  /** `namespace/name` of the Gateway that it comes through. */
  readonly through: string
}

/** What is found by path; all of it may turn out to be harmless. */
export interface ForeignTable {
  /** Routes at a beginning of the path, letter by letter, or below it, under any of the virtual hosts. */
  near(path: string, hosts: readonly string[]): readonly ForeignRoute[]
  /** VirtualServices under more specific hosts than these virtual hosts. */
  narrower(hosts: readonly string[]): readonly VirtualService[]
}

const TABLES = new WeakMap<readonly VirtualService[], WeakMap<Gateway, ForeignTable>>()

/** The table of `others`, which name the Gateway. `through` is its `namespace/name`. */
export function foreignTable(through: string, gateway: Gateway, others: readonly VirtualService[]): ForeignTable {
  const known = TABLES.get(others) ?? new WeakMap<Gateway, ForeignTable>()
  TABLES.set(others, known)
  const table = known.get(gateway) ?? built(through, gateway, others)
  known.set(gateway, table)
  return table
}

/** Routes of one virtual host by path and by each path above it. */
interface Shelf {
  readonly at: Map<string, ForeignRoute[]>
  readonly below: Map<string, ForeignRoute[]>
  readonly owners: Set<VirtualService>
}

function built(through: string, gateway: Gateway, others: readonly VirtualService[]): ForeignTable {
  const shelves = new Map<string, Shelf>()
  for (const of of others) {
    const paths = (of.foreign?.paths ?? []).filter(({ gateways }) => gateways?.includes(through) ?? true)
    const bound = bindings(gateway, of.foreign?.hosts ?? [], of.metadata.namespace ?? '')
    for (const host of virtualHosts(bound)) {
      const shelf = shelves.get(host) ?? { at: new Map(), below: new Map(), owners: new Set() }
      shelves.set(host, shelf)
      shelf.owners.add(of)
      for (const path of paths) put(shelf, { of, path, through })
    }
  }
  const narrower = new Map<string, readonly VirtualService[]>()
  return {
    near: (path, hosts) => hosts.flatMap((host) => found(shelves.get(host), path.toLowerCase())),
    narrower: (hosts) => {
      const key = hosts.join(' ')
      const answer = narrower.get(key) ?? ownersBelow(hosts, shelves)
      narrower.set(key, answer)
      return answer
    },
  }
}

/** In small letters: some matches ignore capitals. Whoever finds a route compares again. */
function put({ at, below }: Shelf, route: ForeignRoute): void {
  const path = route.path.path.toLowerCase()
  push(at, path, route)
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    push(below, path.slice(0, end), route)
  }
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

function found(shelf: Shelf | undefined, path: string): readonly ForeignRoute[] {
  if (!shelf) return []
  const result = [...(shelf.below.get(path) ?? [])]
  for (let end = 1; end <= path.length; end++) result.push(...(shelf.at.get(path.slice(0, end)) ?? []))
  return result
}

/** Envoy looks into the most specific virtual host only, so under these hosts ours is not served. */
function ownersBelow(hosts: readonly string[], shelves: ReadonlyMap<string, Shelf>): readonly VirtualService[] {
  const narrow = [...shelves].filter(
    ([theirs]) => !hosts.includes(theirs) && hosts.some((ours) => narrows(theirs, ours)),
  )
  return [...new Set(narrow.flatMap(([, { owners }]) => [...owners]))]
}

function narrows(theirs: string, ours: string): boolean {
  const [theirPort, theirHost = ''] = theirs.split(' ')
  const [port, host = ''] = ours.split(' ')
  return theirPort === port && covers(host, theirHost)
}
