/**
 * Checks how the house is built: sizes, circles, and arrows against the order of packages and rooms (`rooms.ts`).
 *
 *     npm run structure              prints the figures, and a line for each offence; fails if there is one
 *     npm run structure -- FOLDER    of another tree of the same shape
 */
import { resolve } from 'node:path'
import { againstTheOrder } from './arrows.ts'
import { undocumentedExports } from './exports.ts'
import { importCircles } from './import-circles.ts'
import { importsOf } from './imports.ts'
import { type Findings, lines, none, table } from './report.ts'
import { fileSizes, folderSizes, functionSizes } from './sizes.ts'
import { readSources, type Source } from './sources.ts'
import { sideDoors, throughWalls } from './walls.ts'

const root = resolve(process.argv[2] ?? `${import.meta.dirname}/../..`)
const findings = checked(readSources(root))
console.log(table(findings.figures))
for (const line of lines(findings.offences)) console.error(line)
process.exitCode = findings.offences.length > 0 ? 1 : 0

function checked(all: readonly Source[]): Findings {
  const sources = all.filter(({ role }) => role === 'source')
  const support = all.filter(({ role }) => role === 'support')
  const imports = all.flatMap(importsOf)
  const ofSources = imports.filter(({ from }) => from.role !== 'test')
  const counted = [
    { what: 'sources', value: sources.length },
    { what: 'files that tests stand on', value: support.length, where: 'tests/: held to imports alone' },
  ]
  return united([
    { figures: counted, offences: [] },
    folderSizes(sources),
    fileSizes(sources),
    functionSizes(sources),
    none('circles of imports', importCircles(ofSources)),
    none('imports against the order of rooms', againstTheOrder(ofSources)),
    none('imports through a wall', throughWalls(imports)),
    none('side doors', sideDoors(imports)),
    none('exports without TSDoc', sources.filter(isExposed).flatMap(undocumentedExports)),
  ])
}

/** What others import. A script of a folder beside `src` exports for its neighbours. */
function isExposed({ path }: Source): boolean {
  return /^(packages\/[^/]+|apps\/[^/]+|testbed)\/src\//.test(path)
}

function united(parts: readonly Findings[]): Findings {
  return {
    figures: parts.flatMap(({ figures }) => figures),
    offences: parts.flatMap(({ offences }) => offences),
  }
}
