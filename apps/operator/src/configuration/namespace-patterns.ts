/** Namespaces as a user lists them: names and globs, minus those with a `!`. */

/** The list in the pattern language of the engine, where each pattern stands for itself. */
export function enginePatterns(namespaces: readonly string[]): string[] {
  const excluded = namespaces.filter((pattern) => pattern.startsWith('!'))
  const included = namespaces.filter((pattern) => !pattern.startsWith('!'))
  return included.length === 0 ? [excluded.join(',')] : included.map((pattern) => [pattern, ...excluded].join(','))
}
