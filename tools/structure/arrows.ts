/** Arrows between the rooms of one project. */

import { circlesOf } from './circles.ts'
import type { Import } from './imports.ts'
import { folderNamed } from './patterns.ts'
import type { Offence } from './report.ts'
import { FLOORS, type Floor } from './rooms.ts'
import { folderOf, isForTests, projectOf, testRoomOf } from './sources.ts'

/** An import of a file of the same project. */
interface Arrow extends Import {
  readonly target: string
}

/** Imports against the order of rooms, of what is for tests alone, and of folders that import each other. */
export function againstTheOrder(imports: readonly Import[]): readonly Offence[] {
  const arrows = imports.flatMap(({ target, ...rest }) =>
    target !== undefined && projectOf(target) === projectOf(rest.from.path) ? [{ ...rest, target }] : [],
  )
  const forTests = arrows.filter(({ from, target }) => testRoomOf(target) !== undefined && !isForTests(from.path))
  const others = arrows.filter((arrow) => !forTests.includes(arrow))
  return [
    ...forTests.map((arrow) => refused(arrow, `${testRoomOf(arrow.target)}/ is for tests alone`)),
    ...Object.entries(FLOORS).flatMap(([folders, floors]) => againstFloors(others, folders, floors)),
    ...foldersInCircles(others),
  ]
}

function refused({ from, line, specifier }: Arrow, why: string): Offence {
  return { path: from.path, line, what: `imports ${specifier}: ${why}` }
}

function againstFloors(arrows: readonly Arrow[], folders: string, floors: readonly Floor[]): readonly Offence[] {
  return arrows.flatMap((arrow) => {
    const folder = folderNamed(folders, arrow.from.path)
    if (folder === undefined || folder !== folderNamed(folders, arrow.target)) return []
    const why = whyNot(roomOf(arrow.from.path, folder, floors), roomOf(arrow.target, folder, floors), floors)
    return why === undefined ? [] : [refused(arrow, `${why} (the order of ${folder} is in tools/structure/rooms.ts)`)]
  })
}

function roomOf(path: string, folder: string, floors: readonly Floor[]): string {
  const [first = '', ...rest] = path.slice(folder.length + 1).split('/')
  return rest.length > 0 || floors.flat().includes(first) ? first : '.'
}

function whyNot(from: string, to: string, floors: readonly Floor[]): string | undefined {
  const [upper, lower] = [floorOf(from, floors), floorOf(to, floors)]
  if (from === to) return undefined
  if (upper === undefined || lower === undefined) return `${upper === undefined ? from : to} has no place in the order`
  if (upper === lower) return `${from} and ${to} do not know each other`
  return upper < lower ? `${from} stands below ${to}` : undefined
}

/** Where it is not named, `testing` stands on top. */
function floorOf(room: string, floors: readonly Floor[]): number | undefined {
  const at = [...floors, 'testing'].findIndex((floor) => [floor].flat().includes(room))
  return at < 0 ? undefined : at
}

/** Where no order is given, some order must be possible. */
function foldersInCircles(arrows: readonly Arrow[]): readonly Offence[] {
  const circles = circlesOf(arrows.flatMap(betweenSiblings))
  return circles.flatMap((circle) => {
    const way = circle.map(({ to }) => to).join(' → ')
    return circle.slice(0, 1).map(({ from, by }) => refused(by, `a circle of folders: ${from} → ${way}`))
  })
}

/** The two folders of one and the same that an arrow leads from and to, unless that one has an order. */
function betweenSiblings(by: Arrow): readonly { from: string; to: string; by: Arrow }[] {
  const [from, to] = [folderOf(by.from.path).split('/'), folderOf(by.target).split('/')]
  const at = from.findIndex((name, i) => name !== to[i])
  if (at < 0 || at >= to.length) return []
  const parent = from.slice(0, at).join('/')
  if (Object.keys(FLOORS).some((folders) => folderNamed(folders, `${parent}/`) === parent)) return []
  return [{ from: from.slice(0, at + 1).join('/'), to: to.slice(0, at + 1).join('/'), by }]
}
