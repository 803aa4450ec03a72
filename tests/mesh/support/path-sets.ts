/** Random sets of paths, who should answer for what, and who did. */
import type { MeshClient } from '@exposedapi/testbed/mesh'
import fc from 'fast-check'
import { inParallel } from './in-parallel.ts'

/** APIs of one set by their path, in the order of their creation. The paths share the first segment: the set's own. */
export interface PathSet {
  readonly root: string
  readonly paths: readonly string[]
}

/** A request that the wrong API answered. */
export interface Misroute {
  readonly path: string
  /** Path of an API, or a status. */
  readonly wanted: string | number
  readonly got: string | number
}

/** Names of which some begin like others: those are where string prefixes go wrong. */
const SEGMENTS = ['a', 'ab', 'b', 'v1', 'v11', 'hub'] as const
const MAX_APIS = 7

const paths = fc.uniqueArray(
  fc
    .array(fc.constantFrom(...SEGMENTS), { maxLength: 4 })
    .map((segments) => segments.map((name) => `/${name}`).join('')),
  { minLength: 2, maxLength: MAX_APIS },
)

/** So many sets, always the same ones for one seed. */
export function pathSets(count: number, seed: number, prefix: string): readonly PathSet[] {
  return fc.sample(paths, { numRuns: count, seed }).map((suffixes, index) => {
    const root = `/${prefix}${String(index).padStart(3, '0')}`
    return { root, paths: suffixes.map((suffix) => root + suffix) }
  })
}

/** What to ask about a set: each path, what lies below, and what only looks so. */
export function requestsOf({ paths }: PathSet): readonly string[] {
  const endings = ['', '/', '/x', '/a', '/v1/hub', '?q=/a', 'b', '1', '.json', '%2Fa']
  return [...new Set(paths.flatMap((path) => endings.map((ending) => path + ending)))]
}

/** The longest path that is a whole-segment prefix of the request; 404 without one. */
export function expected(request: string, paths: readonly string[]): string | 404 {
  const [asked = ''] = request.split('?')
  const above = paths.filter((path) => asked === path || asked.startsWith(`${path}/`))
  return above.sort((a, b) => b.length - a.length)[0] ?? 404
}

/** Sends requests, sixteen at a time, and returns those that the wrong API answered. */
export async function misroutes(
  mesh: MeshClient,
  sets: readonly PathSet[],
  answeredBy: (pod: string, set: PathSet) => string,
): Promise<{ readonly requests: number; readonly wrong: readonly Misroute[] }> {
  const wrong: Misroute[] = []
  const asked = sets.flatMap((set) => requestsOf(set).map((path) => ({ set, path })))
  await inParallel(asked, async ({ set, path }) => {
    const { pod, status } = await mesh.request(path)
    const got = pod === undefined ? status : answeredBy(pod, set)
    const wanted = expected(path, set.paths)
    if (got !== wanted) wrong.push({ path, wanted, got })
  })
  return { requests: asked.length, wrong }
}
