/** Two ways to write one path are one path: for conflicts, for nesting, for matches and for the published URL. */
import { nameOf } from '@exposedapi/objects'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { pathTexts } from '../../../test/path-texts.ts'
import { MemoryView } from '../../cluster/memory-view.ts'
import type { ExposedApi } from '../../model/exposed-api.ts'
import { EXPOSED_API } from '../../model/kinds.ts'
import { pathProblem } from '../../model/path-problem.ts'
import { isBelow, normalisedPath } from '../../model/paths.ts'
import { anApi, rawApi } from '../../testing/builders.ts'
import { NullGateway } from '../../testing/null-gateway.ts'
import { onlyGateway } from './gateway-entry.ts'
import { type Claim, nestedBelow, pathIndexes, place } from './placement.ts'

const INDEXES = pathIndexes([onlyGateway(new NullGateway())])
const claimOf = (api: ExposedApi) => INDEXES.claimsOf(api)[0] as Claim
const paths = pathTexts.filter((path) => pathProblem(path) === undefined)
/** Likely to be the same path in other words. */
const pairs = fc.oneof(
  fc.tuple(paths, paths),
  paths.map((path) => [path, normalisedPath(path)] as const),
  paths.map((path) => [path, path.replace(/[a-z]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)] as const),
)

it('conflicts and nesting are those of the one form, for any two paths', () => {
  fc.assert(
    fc.property(pairs, ([first, second]) => {
      fc.pre(pathProblem(second) === undefined)
      const older = { name: 'older', spec: { path: first, implementation: 'a' } }
      const younger = { name: 'younger', spec: { path: second, implementation: 'b' } }
      const view = new MemoryView().add(EXPOSED_API, rawApi(older), rawApi(younger))
      const [one, other] = [normalisedPath(first), normalisedPath(second)]

      const [a, b] = [anApi(older), anApi(younger)]
      expect(place(b, claimOf(b), view, INDEXES).lostTo?.metadata.name).toBe(one === other ? 'older' : undefined)
      const nested = nestedBelow(a, claimOf(a), [one], view, INDEXES).map(({ api, path }) => `${nameOf(api)} ${path}`)
      expect(nested).toEqual(isBelow(other, one) ? [`components/younger ${other}`] : [])
    }),
    { numRuns: 1_000 },
  )
})
