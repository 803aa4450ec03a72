/** Files that import each other, directly or around a corner, be it for types alone. */

import { circlesOf } from './circles.ts'
import type { Import } from './imports.ts'
import type { Offence } from './report.ts'

/** One offence for each circle, which shows it. */
export function importCircles(imports: readonly Import[]): readonly Offence[] {
  // Where a file imports types and values of another, the values say more.
  const edges = [...imports]
    .sort((a, b) => Number(a.isType) - Number(b.isType))
    .flatMap((by) => (by.target === undefined ? [] : [{ from: by.from.path, to: by.target, by }]))
  return circlesOf(edges).map((circle) => {
    const [first] = circle
    const shown = circle.map(({ to, by }) => `${by.isType ? '→(type)' : '→'} ${to}`)
    return {
      path: first?.from ?? '',
      line: first?.by.line ?? 1,
      what: `a circle of imports: ${first?.from} ${shown.join(' ')}`,
    }
  })
}
