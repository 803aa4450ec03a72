/** Waiting keys without duplicates: first in, first out within each of two priorities. */

/** `startup` waits behind everything normal: a user's change must not wait for 10,000 objects of the first list. */
export type Priority = 'normal' | 'startup'

interface Waiting {
  readonly priority: Priority
  readonly since: number
}

/** The waiting line of a work queue. */
export class PriorityFifo {
  readonly #keys = new Map<string, Waiting>()
  // A key whose priority rose stays in its old line too; it is skipped there, since `#keys` knows better.
  readonly #lines: Record<Priority, { keys: string[]; head: number; size: number }> = {
    normal: { keys: [], head: 0, size: 0 },
    startup: { keys: [], head: 0, size: 0 },
  }

  get size(): number {
    return this.#keys.size
  }

  sizeOf(priority: Priority): number {
    return this.#lines[priority].size
  }

  has(key: string): boolean {
    return this.#keys.has(key)
  }

  /** Whether the key is new here. */
  add(key: string, priority: Priority, now: number): boolean {
    const known = this.#keys.get(key)
    if (known && (known.priority === priority || priority === 'startup')) return false
    if (known) this.#lines[known.priority].size--
    this.#keys.set(key, { priority, since: known?.since ?? now })
    const line = this.#lines[priority]
    line.keys.push(key)
    line.size++
    return !known
  }

  /** Removes and returns the next key. */
  take(): { readonly key: string; readonly since: number } | undefined {
    for (const priority of ['normal', 'startup'] as const) {
      const line = this.#lines[priority]
      while (line.head < line.keys.length) {
        const key = line.keys[line.head++] as string
        if (line.head === line.keys.length) Object.assign(line, { keys: [], head: 0 })
        const waiting = this.#keys.get(key)
        if (waiting?.priority !== priority) continue
        this.#keys.delete(key)
        line.size--
        return { key, since: waiting.since }
      }
    }
    return undefined
  }

  clear(): void {
    this.#keys.clear()
    for (const line of Object.values(this.#lines)) Object.assign(line, { keys: [], head: 0, size: 0 })
  }
}
