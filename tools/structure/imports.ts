/** What a file imports, in whatever way: values, types, exports of another file, `import()` and `import('…').Type`. */

import { posix } from 'node:path'
import { Visitor } from 'oxc-parser'
import { folderOf, lineAt, type Source } from './sources.ts'

/** One import. */
export interface Import {
  readonly from: Source
  readonly line: number
  readonly specifier: string
  /** Path from the root of the file that a relative import names. */
  readonly target: string | undefined
  /** Nothing of it is left when it runs. */
  readonly isType: boolean
}

/** Imports of a file, in order of their lines. */
export function importsOf(from: Source): readonly Import[] {
  const found = [...fromStatements(from), ...fromExpressions(from)].sort((a, b) => a.start - b.start)
  return found.map(({ specifier, start, isType }) => ({
    from,
    line: lineAt(from, start),
    specifier,
    target: /^\.\.?\//.test(specifier) ? posix.join(folderOf(from.path), specifier) : undefined,
    isType,
  }))
}

interface Found {
  readonly specifier: string
  readonly start: number
  readonly isType: boolean
}

function fromStatements({ parsed: { module } }: Source): readonly Found[] {
  const imports = module.staticImports.map(({ moduleRequest, start, entries }) => ({
    specifier: moduleRequest.value,
    start,
    isType: entries.length > 0 && entries.every((entry) => entry.isType),
  }))
  const exports = module.staticExports.flatMap(({ start, entries }) => {
    const specifier = entries[0]?.moduleRequest?.value
    return specifier === undefined ? [] : [{ specifier, start, isType: entries.every((entry) => entry.isType) }]
  })
  return [...imports, ...exports]
}

function fromExpressions({ parsed: { program } }: Source): readonly Found[] {
  const found: Found[] = []
  new Visitor({
    ImportExpression: ({ source, start }) => {
      if (source.type === 'Literal' && typeof source.value === 'string')
        found.push({ specifier: source.value, start, isType: false })
    },
    TSImportType: ({ source, start }) => found.push({ specifier: source.value, start, isType: true }),
  }).visit(program)
  return found
}
