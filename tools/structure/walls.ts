/** Arrows between projects: what may be imported by its name, and that nothing is by a relative path. */

import type { Import } from './imports.ts'
import { folderNamed, isAmong } from './patterns.ts'
import type { Offence } from './report.ts'
import { WALLS, type Wall } from './rooms.ts'
import { isForTests, projectOf, type Source } from './sources.ts'

/** Imports that a wall forbids. */
export function throughWalls(imports: readonly Import[]): readonly Offence[] {
  return imports
    .filter(({ target }) => target === undefined)
    .flatMap(({ from, line, specifier }) => {
      const wall = WALLS.find(({ of }) => folderNamed(of, from.path) !== undefined)
      if (!wall || isAmong(allowed(wall, from, specifier), specifier)) return []
      return [{ path: from.path, line, what: `imports ${specifier}: ${wall.because}` }]
    })
}

function allowed(wall: Wall, { path, role }: Source, specifier: string): readonly string[] {
  const isTest = role === 'test' || isForTests(path)
  if (specifier.startsWith('@exposedapi/')) return isTest ? [...wall.ours, ...wall.inTests] : wall.ours
  return role === 'test' || !path.includes('/src/') ? ['*'] : wall.others
}

/** Relative imports from one project into another. */
export function sideDoors(imports: readonly Import[]): readonly Offence[] {
  return imports.flatMap(({ from, line, specifier, target }) => {
    if (target === undefined || projectOf(target) === projectOf(from.path)) return []
    return [
      {
        path: from.path,
        line,
        what: `imports ${specifier}: a side door into ${projectOf(target) || 'the root'}, import it by the name of its package`,
      },
    ]
  })
}
