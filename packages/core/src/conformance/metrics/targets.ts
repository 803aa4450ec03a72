/** A metrics API is made known, or it is said why not. */
import { sameJson } from '@exposedapi/objects'
import { SERVICE } from '../../model/kinds.ts'
import { ensure, ensureNone, ensureSame, shown } from '../assert.ts'
import { documentedFindings } from '../common/declarations.ts'
import { identityOf, objectsOf, ownedKinds } from '../common/probe.ts'
import { fact, factIf, type Subject } from '../facts.ts'
import { credentials, type MetricsBench } from './bench.ts'

type Spec = Readonly<Record<string, unknown>>

/** Pairs of specs that differ in one word. */
const WORDS: Readonly<Record<string, readonly [Spec, Spec]>> = {
  path: [{ path: '/one' }, { path: '/other' }],
  port: [{ port: 8080 }, { port: 8081 }],
  implementation: [{ implementation: 'catalog-svc' }, { implementation: 'other-svc' }],
  'basicAuth, some or none': [{}, { basicAuth: credentials('user') }],
  basicAuth: [{ basicAuth: credentials('user') }, { basicAuth: credentials('other') }],
}

/** Facts about what is scraped. */
export function targets(bench: MetricsBench): Subject {
  const { name, supports, reasons = {} } = bench.contract
  const isKnown = supports.objects || supports.annotations
  const nothing = `${name} makes nothing known`
  return {
    title: 'targets',
    facts: [
      documentedFindings(bench, ['MetricsConfigured'], reasons),
      fact('is content when the world has what it needs', () => {
        const { findings } = bench.askAbout({})
        ensureNone(
          findings.filter(({ status }) => status !== 'True'),
          'bad news of an ordinary metrics API',
        )
      }),
      factIf(isKnown, 'finds something while the Service is missing', nothing, () => {
        const { findings } = bench.askAbout({}, bench.world().rebuilt({ without: [SERVICE] }))
        ensure(findings.length > 0, 'the Service is missing, and nothing is said')
      }),
      ...Object.entries(WORDS).map(([word, [one, other]]) =>
        factIf(isKnown, `spec.${word} makes a difference in what is made known, or in what is found`, nothing, () => {
          const [first, second] = [bench.askAbout({ spec: one }), bench.askAbout({ spec: other })]
          // What is said not to be possible need not be told apart.
          const isRefused = second.findings.some(({ status }) => status !== 'True')
          const isSame = sameJson(first.all, second.all) && !isRefused
          ensure(!isSame, () => `${shown(one)} and ${shown(other)} come to the same`)
        }),
      ),
      ...objectFacts(bench),
    ],
  }
}

function objectFacts(bench: MetricsBench) {
  const { name, supports } = bench.contract
  const ownsNothing = `${name} renders no objects`
  return [
    factIf(supports.objects, 'renders an object', ownsNothing, () => {
      ensure(bench.askAbout({}).rendered.length > 0, 'no object is rendered, though the world has all that it needs')
    }),
    factIf(supports.objects, 'renders nothing and finds CrdMissing while its kinds are not served', ownsNothing, () => {
      const unserved = ownedKinds(bench.make().kinds)
      const { rendered, findings } = bench.askAbout({}, bench.world().rebuilt({ unserved }))
      ensureNone(objectsOf({ rendered }).map(identityOf), 'rendered, though the cluster does not serve its kind')
      const said = findings.map(({ status, reason }) => `${status} ${reason}`)
      ensure(said.includes('False CrdMissing'), () => `False CrdMissing is not said: ${shown(said)}`)
    }),
    factIf(!supports.objects, 'renders no objects', `${name} renders objects`, () => {
      ensureSame(objectsOf(bench.askAbout({})), [], 'what is rendered')
    }),
  ]
}
