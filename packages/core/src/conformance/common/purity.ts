/** An adapter depends on nothing but what it is given, and leaves that as it is. */
import { ensureSame, inCase } from '../assert.ts'
import { elsewhen } from '../elsewhen.ts'
import { fact, type Subject } from '../facts.ts'
import { scoped, watched } from '../views.ts'
import { type Declared, inEachCase, inEachWorld, NAMESPACES, type Probe } from './probe.ts'

/** Facts about what an adapter depends on. */
export function purity<Adapter extends Declared>(probe: Probe<Adapter>): Subject {
  return {
    title: 'purity',
    facts: [
      fact('gives the same answer twice, from two instances', () => sameTwice(probe)),
      fact('gives the same answer at another time and with other luck', () => sameAnytime(probe)),
      fact('remembers nothing: an instance that has answered before answers as a new one', () => sameAgain(probe)),
      fact('does not depend on the order in which objects came into the cluster', () => sameInAnyOrder(probe)),
      fact('reads the cluster through declared kinds and indexes only', () => readsDeclared(probe)),
      fact('declares scope "cluster" for what it reads outside the namespaces of APIs', () => sameInScope(probe)),
      fact('changes nothing of what it is given', () => changesNothing(probe)),
    ],
  }
}

function sameTwice(probe: Probe): void {
  inEachWorld(probe, (which, world) =>
    ensureSame(probe.ask(which, world()).all, probe.ask(which, world()).all, 'two instances differ'),
  )
}

function sameAnytime(probe: Probe): void {
  inEachWorld(probe, (which, world) => {
    const at = (seed: number) => elsewhen(seed, () => probe.ask(which, world()).all)
    ensureSame(at(1), at(2), 'the answer holds a time or something random')
  })
}

function sameAgain<Adapter extends Declared>(probe: Probe<Adapter>): void {
  const adapter = probe.make()
  const there = probe.cases.map((which) => [which, probe.ask(which, probe.world(), { adapter }).all] as const)
  const back = probe.cases
    .toReversed()
    .map((which) => [which, probe.ask(which, probe.world(), { adapter }).all] as const)
  for (const [which, answer] of [...there, ...back]) {
    inCase(which, () => ensureSame(answer, probe.ask(which).all, 'an earlier question has changed the answer'))
  }
}

function sameInAnyOrder(probe: Probe): void {
  inEachCase(probe, (which) => {
    const reversed = probe.ask(which, probe.world().rebuilt({ reversed: true }))
    ensureSame(reversed.all, probe.ask(which).all, 'the order matters')
  })
}

function readsDeclared(probe: Probe): void {
  const [{ kinds }, indexes] = [probe.make(), probe.indexes()]
  inEachWorld(probe, (which, world) => {
    probe.ask(which, world(), { through: (view) => watched(view, kinds, indexes) })
  })
}

function sameInScope(probe: Probe): void {
  const { kinds } = probe.make()
  inEachCase(probe, (which) => {
    const seen = probe.ask(which, scoped(probe.world(), kinds, NAMESPACES))
    ensureSame(seen.all, probe.ask(which).all, 'without scope "cluster" less is seen')
  })
}

function changesNothing(probe: Probe): void {
  inEachWorld(probe, (which, world) => {
    probe.ask(which, world(), { frozen: true })
  })
}
