/** Once all is written there is nothing left to do; what is refused is said, and costs the route nothing. */
import type { KubeObject } from '@exposedapi/objects'
import { rawApi } from '../../testing/builders.ts'
import { ensure, ensureNone, ensureSame, inCase } from '../assert.ts'
import { identityOf } from '../common/probe.ts'
import { fact, factIf, type Subject } from '../facts.ts'
import { conditionOf } from '../runs.ts'
import { type MetricsBench, metricsWords, told } from './bench.ts'

/** Facts about the end of the work, and what keeps it from ending. */
export function settling(bench: MetricsBench): Subject {
  const { name, supports } = bench.contract
  const isKnown = supports.objects || supports.annotations
  const nothing = `${name} makes nothing known`
  return {
    title: 'settling',
    facts: [
      fact('settles: once its objects and annotations are stored, nothing is left to do', () => {
        const runs = bench.runs()
        runs.settle(0)
        const { obsolete, annotate } = runs.plan()
        ensureNone(obsolete.map(identityOf), 'deleted for ever')
        ensureNone(annotate.map(told), 'annotated for ever')
        ensureSame(conditionOf(runs.status, 'MetricsConfigured')?.slice(0, 4), 'True', 'MetricsConfigured')
        ensureSame(conditionOf(runs.status, 'Ready'), 'True Ready', 'Ready')
      }),
      fact('takes everything away from an API that has become an ordinary one', () => {
        const runs = bench.runs()
        runs.settle(0)
        runs.respec(rawApi(metricsWords({ spec: { apiType: 'openapi' } })))
        runs.settle(10_000)
        ensureSame(bench.make().applied?.(uid(bench), runs.world).map(told) ?? [], [], 'annotations')
        const left = runs.stored.filter(({ kind }) => kind !== 'ConfigMap').map(identityOf)
        ensureNone(left, 'left behind')
      }),
      factIf(isKnown, 'says that a write is refused, and costs the route nothing', nothing, () => admits(bench)),
      factIf(
        supports.objects,
        'leaves a foreign object of its name as it is, and says so',
        `${name} renders no objects`,
        () => yields(bench),
      ),
    ],
  }
}

function admits(bench: MetricsBench): void {
  const { rendered, annotations } = bench.askAbout({})
  for (const { object } of [...rendered, ...annotations]) {
    inCase(`${identityOf(object)} refused`, () => {
      const refuses = (one: KubeObject) => (identityOf(one) === identityOf(object) ? 'not today' : undefined)
      const runs = bench.runs()
      runs.circumstances = { hold: bench.hold, refuses }
      runs.run(0)
      ensureSame(conditionOf(runs.status, 'MetricsConfigured'), 'False WriteRejected', 'MetricsConfigured')
      ensureSame(conditionOf(runs.status, 'Ready'), 'True Ready', 'Ready')
      runs.circumstances = { hold: bench.hold }
      runs.settle(1000)
      const told = conditionOf(runs.status, 'MetricsConfigured')
      ensure(told?.startsWith('True'), `MetricsConfigured is ${told}, though nothing is refused any more`)
    })
  }
}

function yields(bench: MetricsBench): void {
  const { kinds } = bench.make()
  const owner = { apiVersion: 'acme.example/v1', kind: 'Acme', name: 'acme', uid: 'acme', controller: true }
  for (const { object } of bench.askAbout({}).rendered) {
    const runs = bench.runs()
    const foreign = { ...object, metadata: { ...object.metadata, ownerReferences: [owner] } }
    runs.world.store(kinds, [foreign])
    runs.settle(0)
    ensureSame(conditionOf(runs.status, 'MetricsConfigured'), 'False NotOwned', 'MetricsConfigured')
    const stays = runs.world.rawOf(kinds.map(({ kind }) => kind)).find((one) => identityOf(one) === identityOf(object))
    ensureSame(stays?.metadata.ownerReferences, [owner], `${identityOf(object)}, which is not ours`)
  }
}

function uid(bench: MetricsBench): string {
  return bench.askAbout({}).api.metadata.uid ?? ''
}
