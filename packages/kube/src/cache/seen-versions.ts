/** How far a store is complete: the resourceVersion of the last event, bookmark or list. */
import { isNewer } from '../objects/resource-version.ts'

/** One version for everything, or one for each namespace where they are watched one by one. */
export class SeenVersions {
  readonly #versions = new Map<string, string>()
  #isPartitioned = false

  /** Under which name the progress of a namespace is kept. */
  partOf(namespace = ''): string {
    return this.#isPartitioned ? namespace : ''
  }

  /** What is seen of a namespace; empty before the first list. */
  at(namespace = ''): string {
    return this.#versions.get(this.partOf(namespace)) ?? ''
  }

  /** Something of the namespace was seen. */
  advance(version: string, namespace = ''): void {
    if (isNewer(version, this.at(namespace))) this.#versions.set(this.partOf(namespace), version)
  }

  /** A list is the truth even when its version is lower than all we saw: etcd may have been restored from a backup. */
  reset(version: string, part: string): void {
    this.#versions.set(part, version)
  }

  forget(part: string): void {
    this.#versions.delete(part)
  }

  clear(): void {
    this.#versions.clear()
  }

  /** From now on each namespace has its own, or all are together again. */
  partition(on: boolean): void {
    this.#isPartitioned = on
    this.#versions.clear()
  }
}
