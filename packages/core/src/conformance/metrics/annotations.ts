/** Annotations on objects of others are found again in the cluster, and can be given back. */
import { release } from '../../decide/plan/annotations.ts'
import { ensure, ensureAmong, ensureSame } from '../assert.ts'
import { inEachCase } from '../common/probe.ts'
import { fact, factIf, type Subject } from '../facts.ts'
import { type MetricsBench, told, uidOf } from './bench.ts'

const KEY = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/

/** Facts about annotations. */
export function annotations(bench: MetricsBench): Subject {
  const { name, supports } = bench.contract
  const nothingHeld = `${name} holds no annotations`
  return {
    title: 'annotations',
    facts: [
      fact('annotates only objects that exist, of kinds that it declares with use "annotate", with text', () =>
        inEachCase(bench, (which) => annotatesDeclared(bench, which)),
      ),
      factIf(supports.annotations, 'holds annotations, and knows from the cluster which', nothingHeld, () =>
        knowsHeld(bench),
      ),
      factIf(supports.annotations, 'can be told to give everything back', nothingHeld, () => givesBack(bench)),
      factIf(!supports.annotations, 'holds no annotations', `${name} holds annotations`, () => {
        ensureSame(bench.askAbout({}).annotations.map(told), [], 'what is annotated')
      }),
    ],
  }
}

function annotatesDeclared(bench: MetricsBench, which: string): void {
  const world = bench.world()
  const kinds = bench.make().kinds.filter(({ use }) => use === 'annotate')
  for (const { kind, object, annotations } of bench.ask(which, world).annotations) {
    const what = `${object.kind} ${object.metadata.name}`
    ensureAmong(
      kind.kind,
      kinds.map((use) => use.kind.kind),
      `kind of ${what}, among those to annotate`,
    )
    ensure(world.raw(kind, object), `${what} is annotated and does not exist`)
    for (const [key, value] of Object.entries(annotations)) {
      ensure(KEY.test(key), `${what} gets an annotation of the key ${key}, which none may have`)
      ensure(typeof value === 'string', `annotation ${key} of ${what} is no text`)
    }
  }
}

function knowsHeld(bench: MetricsBench): void {
  const wanted = bench.askAbout({}).annotations
  const world = bench.holding(wanted)
  ensure(wanted.length > 0, 'nothing is annotated, though the world has all that it needs')
  ensureSame(bench.make().applied?.(uidOf({}), world).map(told), wanted.map(told), 'what is found again')
  ensureSame(bench.make().applied?.('another-uid', world).map(told), [], 'what another API finds')
}

function givesBack(bench: MetricsBench): void {
  const wanted = bench.askAbout({}).annotations
  const world = bench.holding(wanted)
  const given = release(uidOf({}), world, bench.rules())
  ensureSame(
    given.map(({ annotations }) => annotations),
    wanted.map(() => ({})),
    'what is left of them',
  )
  const { annotated } = bench.make()
  ensure(annotated, 'an annotating adapter needs the index `annotated`: the sweep at start reads it')
  ensureSame(world.by(annotated, uidOf({})).length, wanted.length, `objects that index ${annotated.name} finds`)
  const after = bench.holding(given, world)
  ensureSame(bench.make().applied?.(uidOf({}), after).map(told), [], 'what is found once it is given back')
}
