/** No state of a cluster makes an adapter throw. */
import { inCase } from '../assert.ts'
import { fact, type Subject } from '../facts.ts'
import { oddWorlds } from '../odd-worlds.ts'
import { World } from '../world.ts'
import { inEachCase, objectsOf, type Probe, poorWorlds } from './probe.ts'

/** Facts about what makes an adapter throw: nothing. */
export function robustness(probe: Probe): Subject {
  return {
    title: 'odd worlds',
    facts: [
      fact('never throws in an empty cluster, or before anything is written', () =>
        inEachCase(probe, (which) => {
          probe.ask(which, new World())
          probe.ask(which, probe.world(), { unwritten: true })
        }),
      ),
      fact('never throws while objects or the definition of one of its kinds are missing', () =>
        survivesAbsence(probe),
      ),
      fact('never throws over objects with odd bodies', () => survivesOddBodies(probe)),
    ],
  }
}

function survivesAbsence(probe: Probe): void {
  for (const [what, world] of poorWorlds(probe)) {
    inEachCase(probe, (which) => void inCase(what, () => probe.ask(which, world.rebuilt())))
  }
}

/** Its own objects are there as well, as odd as the others. */
function survivesOddBodies(probe: Probe): void {
  const kinds = probe.make().kinds.map(({ kind }) => kind)
  const own = probe.cases.flatMap((which) => objectsOf(probe.ask(which)))
  const world = probe.world().store(probe.make().kinds, own, probe.product)
  const odd = inCase('project', () => oddWorlds(world, kinds))
  for (const [what, view] of odd) {
    inCase(what, () => {
      for (const which of probe.main) probe.ask(which, view, { unwritten: true })
      for (const index of probe.indexes()) for (const object of view.all(index.kind)) index.values(object)
    })
  }
}
