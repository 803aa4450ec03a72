/** Facts, and what becomes of them: tests of any runner, or lines of a report. */

/** Something that has to be true of an adapter. */
export interface Fact {
  /** Unique in its suite: facts are skipped and reported by it. */
  readonly name: string
  /** Throws a plain error that says what is wrong. */
  readonly holds: () => void
  /** Why the fact is not asked. */
  readonly skipped?: string
}

/** Facts about one matter. */
export interface Subject {
  readonly title: string
  readonly facts: readonly Fact[]
}

/** Facts that are not asked, by name, each with the reason. */
export type Skips = Readonly<Record<string, string>>

/** A fact. */
export function fact(name: string, holds: () => void): Fact {
  return { name, holds }
}

/** A fact about adapters that have something. Of the others it is not asked, and the reason says why. */
export function factIf(asked: boolean, name: string, reason: string, holds: () => void): Fact {
  return asked ? { name, holds } : { name, holds, skipped: reason }
}

/** The subjects with some of their facts skipped. A name that no fact has is a fault: else the fact would be skipped for ever. */
export function withSkips(subjects: readonly Subject[], skips: Skips): readonly Subject[] {
  const names = new Set(subjects.flatMap(({ facts }) => facts.map(({ name }) => name)))
  const unknown = Object.keys(skips).filter((name) => !names.has(name))
  if (unknown.length > 0) throw new Error(`no facts of these names can be skipped: ${unknown.join('; ')}`)
  return subjects.map(({ title, facts }) => ({ title, facts: facts.map((one) => skipping(one, skips[one.name])) }))
}

function skipping(one: Fact, reason: string | undefined): Fact {
  return reason === undefined ? one : { ...one, skipped: reason }
}
