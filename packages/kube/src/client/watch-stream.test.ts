import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineSplitter } from './watch-stream.ts'

describe('lines', () => {
  it('are the same however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme' })),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        (texts, cuts) => {
          const lines = texts.map((text) => text.replaceAll('\n', ''))
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
          const splitter = new LineSplitter()
          const found: string[] = []
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const end = at + (cuts[i % cuts.length] ?? 1)
            splitter.push(bytes.subarray(at, end), (line) => found.push(line.toString()))
            at = end
          }
          expect(found).toEqual(lines)
          expect(splitter.isCut).toBe(false)
        },
      ),
    )
  })
})
