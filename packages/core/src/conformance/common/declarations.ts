/** What an adapter says of itself, and the words that it finds facts in. */
import type { ConditionType, Finding } from '../../findings/finding.ts'
import { ownReason, REASONS } from '../../findings/reasons.ts'
import { ensure, ensureAmong, ensureNone } from '../assert.ts'
import { fact, type Subject } from '../facts.ts'
import { KINDS_OF_CORE } from '../views.ts'
import { isSameResource, World } from '../world.ts'
import { inEachCase, type Probe } from './probe.ts'

/** The reasons that a descriptor declares, each with its cure. */
export type OwnReasons = Readonly<Record<string, string>>

/** Facts about names, kinds, indexes and reasons. */
export function declarations(probe: Probe, name: RegExp, reasons: OwnReasons): Subject {
  return {
    title: 'declarations',
    facts: [
      fact('has a name', () => ensure(name.test(probe.make().name), `${probe.make().name} does not match ${name}`)),
      fact('declares each kind well, and an index for no kind that it does not declare', () => {
        const { kinds } = probe.make()
        for (const { kind } of kinds) {
          ensure(kind.versions.length > 0, `kind ${kind.kind} has no version`)
          ensure(kind.plural === kind.plural.toLowerCase(), `plural ${kind.plural} is in capitals`)
        }
        const known = [...KINDS_OF_CORE, ...kinds.map(({ kind }) => kind)]
        const strange = probe.indexes().filter((index) => !known.some((kind) => isSameResource(kind, index.kind)))
        ensureNone(
          strange.map((index) => index.name),
          'indexes of kinds that are not declared',
        )
        const names = [...new Set(probe.indexes())].map((index) => index.name)
        ensureNone(
          names.filter((one, at) => names.indexOf(one) !== at),
          'two indexes have one name',
        )
      }),
      fact('begins each reason of its own with its name, and gives it a cure', () => {
        const prefix = ownReason(probe.make().name, '')
        for (const [reason, cure] of Object.entries(reasons)) {
          ensure(reason.startsWith(prefix) && reason !== prefix, `reason ${reason} does not begin with ${prefix}`)
          ensure(/\S/.test(cure), `reason ${reason} has no cure`)
        }
      }),
    ],
  }
}

/** A fact: what is found is on these conditions, in reasons that are documented. */
export function documentedFindings(probe: Probe, conditions: readonly ConditionType[], reasons: OwnReasons) {
  const on = conditions.join(' and ')
  return fact(`finds facts on ${on} only, with reasons of core or of its own, and in words`, () => {
    const kinds = probe.make().kinds.map(({ kind }) => kind)
    const worlds = [probe.world(), new World(), probe.world().rebuilt({ unserved: kinds })]
    inEachCase(probe, (which) => {
      const found = worlds.flatMap((world) => probe.ask(which, world).findings)
      for (const one of found) isDocumented(one, conditions, reasons)
    })
  })
}

/** Is the reason one of core's, or one that the descriptor declares? */
export function ensureReason(reason: string, own: OwnReasons): void {
  const isKnown = Object.hasOwn(REASONS, reason) || Object.hasOwn(own, reason)
  ensure(isKnown, `reason ${reason} is neither one of core nor one that the descriptor declares`)
}

function isDocumented(
  { condition, status, reason, message }: Finding,
  conditions: readonly ConditionType[],
  own: OwnReasons,
) {
  ensureAmong(condition, conditions, 'condition of a finding')
  ensureAmong(status, ['True', 'False', 'Unknown'], 'status of a finding')
  ensureReason(reason, own)
  ensure(/\S/.test(message), `a finding of reason ${reason} has no words`)
}
