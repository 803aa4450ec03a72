/** Thrown for a configuration that must stop the start. Its message is one line for the user: name, value and cure. */
export class ConfigurationError extends Error {}

/** A value in a message. */
export function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 82 ? `${text.slice(0, 80)}…${text.endsWith('"') ? '"' : ''}` : text
}
