/** Names with `*`, which stands for any name between two slashes; alone, for everything. */

/** Whether a name is among patterns. */
export function isAmong(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => pattern === '*' || new RegExp(`^${expression(pattern)}$`).test(name))
}

/** The folder above or around a path that a pattern names, if one does. */
export function folderNamed(pattern: string, path: string): string | undefined {
  return new RegExp(`^${expression(pattern)}(?=/)`).exec(path)?.[0]
}

function expression(pattern: string): string {
  return pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*')
}
