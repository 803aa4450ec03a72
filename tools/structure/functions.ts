/** How long named functions are. */

import { type Node, Visitor } from 'oxc-parser'
import { lineAt, linesIn, type Source } from './sources.ts'

/** A function that somebody has named. */
export interface NamedFunction {
  readonly path: string
  readonly line: number
  readonly name: string
  /** In lines. */
  readonly size: number
}

/**
 * Declarations, methods, accessors, and functions that a constant, a property or a field holds. What is passed to
 * `describe` counts too, under its title: a suite of a thousand lines is no better for having no name.
 */
export function namedFunctions(source: Source): readonly NamedFunction[] {
  const found: NamedFunction[] = []
  const textOf = ({ start, end }: Node) => source.text.slice(start, end)
  const add = (name: Node | null | undefined, node: Node, prefix = '') => {
    const size = linesIn(textOf(node))
    found.push({
      path: source.path,
      line: lineAt(source, node.start),
      name: prefix + (name ? textOf(name) : 'default'),
      size,
    })
  }
  const addHeld = (name: Node, value: Node | null, node: Node) => isFunction(value) && add(name, node)
  new Visitor({
    FunctionDeclaration: (node) => add(node.id, node),
    MethodDefinition: (node) => add(node.key, node),
    PropertyDefinition: (node) => addHeld(node.key, node.value, node),
    AccessorProperty: (node) => addHeld(node.key, node.value, node),
    Property: (node) => addHeld(node.key, node.value, node),
    VariableDeclarator: (node) => addHeld(node.id, node.init, node),
    AssignmentExpression: (node) => addHeld(node.left, node.right, node),
    CallExpression: (node) => {
      const body = node.arguments.find(isFunction)
      if (body && rootOf(node.callee) === 'describe') add(node.arguments[0], body, 'describe ')
    },
  }).visit(source.parsed.program)
  return found
}

/** A function, whatever type it is said to be. */
function isFunction(node: Node | null | undefined): boolean {
  if (!node) return false
  const isWrapped = node.type === 'ParenthesizedExpression' || node.type === 'TSAsExpression'
  if (isWrapped || node.type === 'TSSatisfiesExpression') return isFunction(node.expression)
  return node.type === 'ArrowFunctionExpression' || node.type === 'FunctionExpression'
}

/** `describe` of `describe.each(rows)`. */
function rootOf(callee: Node): string | undefined {
  if (callee.type === 'MemberExpression') return rootOf(callee.object)
  if (callee.type === 'CallExpression') return rootOf(callee.callee)
  if (callee.type === 'TaggedTemplateExpression') return rootOf(callee.tag)
  return callee.type === 'Identifier' ? callee.name : undefined
}
