/** Which exports say nothing about themselves. */

import type { Declaration, Program } from 'oxc-parser'
import type { Offence } from './report.ts'
import { lineAt, type Source } from './sources.ts'

type Statement = Program['body'][number]

interface Exported {
  readonly name: string
  /** Where the comment must end. */
  readonly start: number
}

/** Exported functions, classes, interfaces, types and constants that no TSDoc stands above. */
export function undocumentedExports(source: Source): readonly Offence[] {
  const { body } = source.parsed.program
  return body
    .flatMap((statement) => exportedBy(statement, body))
    .filter(({ start }) => !isDocumented(source, start))
    .map(({ name, start }) => ({
      path: source.path,
      line: lineAt(source, start),
      what: `${name} is exported without TSDoc`,
    }))
}

function exportedBy(statement: Statement, body: readonly Statement[]): readonly Exported[] {
  const { start } = statement
  if (statement.type === 'ExportDefaultDeclaration') return [{ name: 'default', start }]
  if (statement.type !== 'ExportNamedDeclaration') return []
  if (statement.declaration) return namesOf(statement.declaration).map((name) => ({ name, start }))
  // What another file declares is documented there.
  return statement.source ? [] : statement.specifiers.flatMap(({ local }) => declared(local, body))
}

function declared(local: object, body: readonly Statement[]): readonly Exported[] {
  const name = 'name' in local ? String(local.name) : ''
  const declaration = body.find((statement) => namesOf(statement).includes(name))
  return declaration ? [{ name, start: declaration.start }] : []
}

function namesOf(statement: Statement | Declaration): readonly string[] {
  if (statement.type === 'VariableDeclaration')
    return statement.declarations.map(({ id }) => (id.type === 'Identifier' ? id.name : 'what is taken apart'))
  return 'id' in statement && statement.id?.type === 'Identifier' ? [statement.id.name] : []
}

function isDocumented({ text, parsed: { comments } }: Source, start: number): boolean {
  return comments.some(
    ({ type, value, end }) =>
      type === 'Block' && value.startsWith('*') && end <= start && text.slice(end, start).trim() === '',
  )
}
