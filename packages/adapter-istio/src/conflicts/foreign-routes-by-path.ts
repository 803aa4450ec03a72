/**
 * Routes of others on one Gateway, to be found by path.
 *
 * There may be thousands of them and thousands of APIs, so the table is built once and asked by each API. The view hands out
 * the same list until something in it changes, so the list itself tells whether a table is still right: a memory that cannot
 * be wrong, and that goes with the list.
 */

import { covers, groupBy } from '@exposedapi/core'
import type { ForeignPath } from '../objects/foreign-route.ts'
import type { Gateway, VirtualService } from '../objects/kinds.ts'
import { bindings, virtualHosts } from '../objects/servers.ts'

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

/** Routes of one virtual host. Paths are in small letters: some matches ignore capitals. Whoever finds one compares again. */
interface Shelf {
  readonly at: Map<string, ForeignRoute[]>
  /** Paths in order: what lies below a path stands together. */
  readonly paths: readonly string[]
  readonly owners: readonly VirtualService[]
}

function built(through: string, gateway: Gateway, others: readonly VirtualService[]): ForeignTable {
  const ofHosts = new Map<string, VirtualService[]>()
  for (const of of others) {
    const bound = bindings(gateway, of.foreign?.hosts ?? [], of.metadata.namespace ?? '')
    for (const host of virtualHosts(bound)) {
      const owners = ofHosts.get(host)
      if (owners) owners.push(of)
      else ofHosts.set(host, [of])
    }
  }
  const shelves = new Map([...ofHosts].map(([host, owners]) => [host, shelf(owners, through)]))
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

function shelf(owners: readonly VirtualService[], through: string): Shelf {
  const routes = owners.flatMap((of) => (of.foreign?.paths ?? []).map((path): ForeignRoute => ({ of, path, through })))
  const here = routes.filter(({ path: { gateways } }) => gateways?.includes(through) ?? true)
  const at = groupBy(here, ({ path: { path } }) => path.toLowerCase())
  return { at, paths: [...at.keys()].sort(), owners }
}

function found(shelf: Shelf | undefined, path: string): readonly ForeignRoute[] {
  if (!shelf) return []
  const beginnings = Array.from({ length: path.length }, (_, at) => path.slice(0, at + 1))
  return [...beginnings, ...below(shelf.paths, `${path}/`)].flatMap((one) => shelf.at.get(one) ?? [])
}

/** The texts with this beginning, of texts in order. */
function below(sorted: readonly string[], beginning: string): readonly string[] {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? '') < beginning) low = middle + 1
    else high = middle
  }
  let end = low
  while (sorted[end]?.startsWith(beginning)) end++
  return sorted.slice(low, end)
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
