/** Texts that people write for a path: much that is right, and everything that goes wrong. */
import fc from 'fast-check'

const PIECES = [
  ...['a', 'B', 'v1', '9', '-', '_', '~', '.', '..', '...', '.;', '..;p', 'é', 'ß', '漢', '🦊', 'a\u0301'],
  ...['!', '$', '&', "'", '(', ')', '+', ',', ';', '=', ':', '@', '[', ']'],
  ...['|', '\\', '"', '<', '>', '^', '`', '{', '}', '*', '?', '#', ' ', '\t', '\u00a0'],
  ...['%61', '%2e', '%2E', '%2f', '%2F', '%5c', '%7B', '%c3%a9', '%C3%A9', '%25', '%20', '%', '%zz', '%00', '%FF'],
] as const

const segment = fc.array(fc.constantFrom(...PIECES), { maxLength: 4 }).map((pieces) => pieces.join(''))

/** Nearly all begin with a slash. */
export const pathTexts = fc
  .tuple(
    fc.oneof({ weight: 12, arbitrary: fc.constant('/') }, fc.constantFrom('', ' /', '//', 'https://h.example/')),
    fc.array(segment, { maxLength: 4 }),
  )
  .map(([start, segments]) => start + segments.join('/'))
