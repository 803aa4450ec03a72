/** What keeps Events few and their memory small. */

/** A map that forgets what was set longest ago. */
export class BoundedMap<K, V> {
  readonly #map = new Map<K, V>()
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  get size(): number {
    return this.#map.size
  }

  get(key: K): V | undefined {
    return this.#map.get(key)
  }

  set(key: K, value: V): void {
    this.#map.delete(key)
    this.#map.set(key, value)
    if (this.#map.size > this.#most) this.#map.delete(this.#map.keys().next().value as K)
  }

  delete(key: K): void {
    this.#map.delete(key)
  }
}

/** `burst` tokens at first, and one more each `everyMs`. */
export class TokenBucket {
  readonly #burst: number
  readonly #everyMs: number
  #tokens: number
  #at: number

  constructor(burst: number, everyMs: number, now: number) {
    this.#burst = this.#tokens = burst
    this.#everyMs = everyMs
    this.#at = now
  }

  /** Takes a token if there is one. */
  take(now: number): boolean {
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#at) / this.#everyMs)
    this.#at = now
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }
}
