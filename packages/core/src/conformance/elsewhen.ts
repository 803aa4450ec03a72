/**
 * Another time and other luck, to prove that nobody asks for either.
 *
 * The one place of core that touches the clock and the dice of the process: it replaces them for the length of a synchronous call.
 */

/** Runs at another moment, with other random numbers; the same for the same seed. */
export function elsewhen<T>(seed: number, run: () => T): T {
  const now = Date.UTC(2001 + seed * 7, 2 + seed, 3 + seed, 4 + seed, 5 + seed, 6 + seed, 7 + seed)
  let draws = seed
  const random = () => {
    draws = (draws * 7919 + 1) % 65_537
    return draws / 65_537
  }
  const restore = [
    replaced(globalThis, 'Date', dateAt(now)),
    replaced(performance, 'now', () => seed),
    replaced(Math, 'random', random),
    replaced(crypto, 'randomUUID', () => `00000000-0000-4000-8000-${String(draws++).padStart(12, '0')}`),
    replaced(crypto, 'getRandomValues', <Bytes extends Uint8Array>(bytes: Bytes) =>
      bytes.fill(Math.floor(random() * 256)),
    ),
  ]
  try {
    return run()
  } finally {
    for (const step of restore) step()
  }
}

/** Date as ever, but for what it says when it is asked for now. */
function dateAt(now: number): DateConstructor {
  return new Proxy(Date, {
    apply: (target) => new target(now).toString(),
    construct: (target, args, made) => Reflect.construct(target, args.length > 0 ? args : [now], made),
    get: (target, key) => (key === 'now' ? () => now : Reflect.get(target, key)),
  })
}

function replaced(owner: object, name: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, name)
  Object.defineProperty(owner, name, { configurable: true, writable: true, value })
  return () => {
    if (before) Object.defineProperty(owner, name, before)
    else Reflect.deleteProperty(owner, name)
  }
}
