import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shareStrings } from './cache/shared-strings.ts'
import { LineSplitter } from './client/watch-stream.ts'
import { collectionPath, objectPath } from './objects/paths.ts'
import { compareVersions } from './objects/resource-version.ts'
import { Backoff, REFLECTOR_BACKOFF } from './runtime/backoff.ts'
import { sleep } from './runtime/clock.ts'
import { METRICS } from './runtime/telemetry.ts'
import { FakeClock } from './testing/fake-clock.ts'

describe('resourceVersions', () => {
  it('are ordered like numbers of any length', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1n << 80n }), fc.bigInt({ min: 0n, max: 1n << 80n }), (a, b) => {
        expect(Math.sign(compareVersions(String(a), String(b)))).toBe(a < b ? -1 : a > b ? 1 : 0)
      }),
    )
  })
})

describe('paths', () => {
  const things = { group: 'test.io', version: 'v1', plural: 'things' }
  it('are those of Kubernetes', () => {
    expect(collectionPath({ group: '', version: 'v1', plural: 'pods' })).toBe('/api/v1/pods')
    expect(objectPath(things, 'ns', 'a', 'status')).toBe('/apis/test.io/v1/namespaces/ns/things/a/status')
    expect(objectPath(things, '', 'a')).toBe('/apis/test.io/v1/things/a')
  })

  it('can not be left by a hostile name', () => {
    expect(objectPath(things, 'ns', '../../../api/v1/secrets?x#y')).toBe(
      '/apis/test.io/v1/namespaces/ns/things/..%2F..%2F..%2Fapi%2Fv1%2Fsecrets%3Fx%23y',
    )
    for (const name of ['', '.', '..']) expect(() => objectPath(things, 'ns', name)).toThrow()
  })
})

describe('a back-off', () => {
  it('doubles from 800 ms to 30 s, up to twice that by jitter', () => {
    const clock = new FakeClock()
    const backoff = new Backoff(REFLECTOR_BACKOFF, clock)
    expect(Array.from({ length: 8 }, () => backoff.next())).toEqual([
      800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000,
    ])
    clock.chance = 0.999999
    expect(backoff.next()).toBeCloseTo(60_000, -1)
  })
})

describe('sleep', () => {
  it('ends with its signal and leaves no timer', async () => {
    const clock = new FakeClock()
    const abort = new AbortController()
    const slept = sleep(clock, 1000, abort.signal)
    abort.abort()
    await slept
    await sleep(clock, 1000, abort.signal)
    expect(clock.pending()).toEqual([])
  })
})

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

it('no metric has the name of an object among its labels', () => {
  const labels = new Set(Object.values(METRICS).flatMap((metric) => metric.labels))
  expect([...labels].sort()).toEqual([
    'code',
    'controller',
    'host',
    'method',
    'name',
    'outcome',
    'priority',
    'reason',
    'resource',
    'result',
    'verb',
    'what',
  ])
})

describe('sharing strings', () => {
  it('changes nothing that can be seen', () => {
    const json = () => ({ a: ['x', 'x', { b: 'x'.repeat(500) }], c: null, d: 1, metadata: { managedFields: ['x'] } })
    const shared = json()
    shareStrings(shared)
    expect(shared).toEqual(json())
  })

  it('leaves what a projection has frozen as it is', () => {
    const projected = { kinds: Object.freeze(['x']), labels: { a: 'x' } }
    expect(() => shareStrings(projected)).not.toThrow()
    expect(projected).toEqual({ kinds: ['x'], labels: { a: 'x' } })
  })

  it('survives an object of any depth', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(100_000)}"x"${'}'.repeat(100_000)}`)
    expect(() => shareStrings(deep)).not.toThrow()
  })
})
