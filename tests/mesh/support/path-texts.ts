/** Texts that people write for a path: much that is right, and everything that goes wrong. */
import fc from 'fast-check'

const PIECES = [
  ...['a', 'B', 'v1', '9', '-', '_', '~', '.', '..', '...', '.;', '..;p', 'é', 'ß', '漢', '🦊', 'a\u0301'],
  ...['!', '$', '&', "'", '(', ')', '+', ',', ';', '=', ':', '@', '[', ']'],
  ...['|', '\\', '"', '<', '>', '^', '`', '{', '}', '*', '?', '#', ' ', '\t', '\u00a0', '\u0007', '\ud800'],
  ...['%61', '%2e', '%2E', '%2f', '%2F', '%5c', '%7B', '%c3%a9', '%C3%A9', '%25', '%20', '%', '%zz', '%00', '%FF'],
] as const

const segment = fc.array(fc.constantFrom(...PIECES), { maxLength: 3 }).map((pieces) => pieces.join(''))
const below = fc
  .array(segment, { minLength: 1, maxLength: 3 })
  .map((segments) => segments.map((one) => `/${one}`).join(''))

/** So many texts, always the same ones for one seed: each piece alone, then mixtures, each below a path of its own. */
export function pathTexts(count: number, seed: number, root: string): readonly string[] {
  const singly = PIECES.flatMap((piece) => [`/${piece}`, `/x${piece}y`, `/x/${piece}/`])
  const mixed = fc.sample(below, { numRuns: count, seed })
  const suffixes = ['', '/', ...singly, ...mixed].slice(0, count)
  return suffixes.map((suffix, index) => `${root}/p${String(index).padStart(3, '0')}${suffix}`)
}
