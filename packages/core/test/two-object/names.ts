/** Names that the API server takes. */

const LONGEST = 253

/** The name itself, or, where it is too long, its beginning and what tells it from others that begin so. */
export function boundedName(name: string): string {
  if (name.length <= LONGEST) return name
  const mark = hash(name)
  return `${name.slice(0, LONGEST - mark.length - 1).replace(/[-.]+$/, '')}-${mark}`
}

/** FNV-1a, 32 bits, twice: over the text, and over the text and what came of it. */
function hash(text: string): string {
  const once = (input: string) => {
    let value = 0x811c9dc5
    for (let at = 0; at < input.length; at++) value = Math.imul(value ^ input.charCodeAt(at), 0x01000193)
    return (value >>> 0).toString(36)
  }
  return `${once(text)}${once(text + once(text))}`
}
