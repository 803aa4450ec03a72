/**
 * The contract of a metrics adapter as a test suite.
 *
 *     metricsContract({ name: 'acme', make: () => new AcmeMetrics(), supports: { objects: true, annotations: false } })
 */

import type { KubeObject, View } from '@exposedapi/objects'
import { describe, expect, it } from 'vitest'
import { type AppliedAnnotations, fieldManagerOf, type MetricsAdapter } from '../adapters/metrics.ts'
import type { MemoryView } from '../cluster/memory-view.ts'
import { release } from '../decide/plan/annotations.ts'
import { onlyGateway } from '../decide/rules/gateway-entry.ts'
import { rulesOf } from '../decide/rules/rules.ts'
import { REASONS } from '../findings/reasons.ts'
import { ENDPOINT_SLICE, EXPOSED_API, SERVICE } from '../model/kinds.ts'
import { type ApiWords, anApi, aService, aSlice, rawApi } from './builders.ts'
import {
  deepFreeze,
  expectOwnedBy,
  expectWritable,
  factIf,
  kindAmong,
  oddWorlds,
  store,
  World,
  watched,
} from './contract-world.ts'
import { decide } from './decide-once.ts'
import { NullGateway } from './null-gateway.ts'

/** What {@link metricsContract} needs to know about an adapter. */
export interface MetricsContract {
  readonly name: string
  readonly make: () => MetricsAdapter
  /**
   * Puts into the view what the adapter needs. There is already Service `components/catalog-svc` (selector and label
   * `app: catalog`, port `http` 8080) with a ready EndpointSlice; an annotating adapter adds the Pods.
   */
  readonly world?: (view: MemoryView) => void
  readonly supports: {
    /** Does it render objects in `world`? */
    readonly objects: boolean
    /** Does it hold annotations on objects of others in `world`? */
    readonly annotations: boolean
  }
  /** The stored object once `manager` holds the annotations. Default: in `metadata.annotations`, noted in `managedFields`. */
  readonly hold?: (object: KubeObject, annotations: Readonly<Record<string, string>>, manager: string) => KubeObject
}

const CASES: Readonly<Record<string, ApiWords>> = {
  'an ordinary metrics API': {},
  'an openmetrics API': { spec: { apiType: 'openmetrics' } },
  'a metrics API at the root': { spec: { path: '/' } },
  'a metrics API with credentials': {
    spec: { basicAuth: { username: { name: 'secret', key: 'user' }, password: { name: 'secret', key: 'word' } } },
  },
  'a metrics API with malformed credentials': { spec: { basicAuth: 'me:secret' } },
  'a metrics API on a port that the Service lacks': { spec: { port: 9 } },
  'a metrics API without a Service': { spec: { implementation: 'absent' } },
}

/** Registers the facts that every metrics adapter has to keep. */
export function metricsContract(contract: MetricsContract): void {
  const { name, make, world = () => {}, supports, hold = holdOnMetadata } = contract
  const fullWorld = () =>
    World.of((view) => {
      view
        .add(SERVICE, aService())
        .add(ENDPOINT_SLICE, aSlice())
        .add(EXPOSED_API, rawApi(metricsWords({})))
      world(view)
    })
  const renderIn = (view: View, words: ApiWords = {}) => {
    const api = anApi(metricsWords(words))
    const { objects, annotations } = make().render(api, view)
    return { objects: objects.map(({ object }) => object), annotations, ...make().observe(api, view) }
  }
  const rules = () => rulesOf({ gateways: [onlyGateway(new NullGateway())], metrics: make() })
  const decided = (view: View) => decide(anApi(metricsWords({})), view, rules(), { now: 0, grace: {}, failures: [] })
  const uid = anApi(metricsWords({})).metadata.uid ?? ''
  const afterHolding = (held: readonly AppliedAnnotations[]) =>
    fullWorld().rebuilt({
      map: (kind, object) => {
        const entry = held.find((candidate) => candidate.kind === kind && sameObject(candidate.object, object))
        return entry ? hold(object, entry.annotations, fieldManagerOf(uid)) : object
      },
    })

  describe(`metrics adapter ${name} keeps the contract`, () => {
    const kinds = make().kinds.map(({ kind }) => kind)
    const ownedKinds = make()
      .kinds.filter(({ use }) => use === 'own')
      .map(({ kind }) => kind)

    it('has a name, and an index for no kind that it does not declare', () => {
      expect(make().name).toMatch(/^[A-Za-z][-A-Za-z0-9]*$/) // modes are spelt as the reference spells them: ServiceMonitor
      const { indexes, annotated } = make()
      for (const index of [...indexes, ...(annotated ? [annotated] : [])]) {
        expect([EXPOSED_API, SERVICE, ENDPOINT_SLICE, ...kinds], `kind of index ${index.name}`).toContain(index.kind)
      }
    })

    it('is content when the world has what it needs', () => {
      expect(renderIn(fullWorld()).findings.filter(({ status }) => status !== 'True')).toEqual([])
    })

    describe.each(Object.keys(CASES))('%s', (which) => {
      const words = CASES[which] ?? {}

      it('gives the same result twice, from two instances', () => {
        const view = fullWorld()
        expect(renderIn(view, words)).toEqual(renderIn(view, words))
      })

      it('does not depend on the order in which objects came into the cluster', () => {
        expect(renderIn(fullWorld().rebuilt({ reversed: true }), words)).toEqual(renderIn(fullWorld(), words))
      })

      it('renders objects in the namespace, with the labels and under the control of its API', () => {
        expectOwnedBy(anApi(metricsWords(words)), renderIn(fullWorld(), words).objects)
      })

      it('renders plain JSON of declared kinds, in the version that the cluster serves', () => {
        for (const lastVersions of [false, true]) {
          const view = fullWorld().rebuilt({ lastVersions })
          expectWritable(view, make().kinds, renderIn(view, words).objects)
        }
      })

      it('annotates only objects that exist, of kinds that it declares with use "annotate", with text', () => {
        const view = fullWorld()
        const annotated = make().kinds.filter(({ use }) => use === 'annotate')
        for (const { kind, object, annotations } of renderIn(view, words).annotations) {
          expect(annotated.map((use) => use.kind)).toContain(kind)
          expect(view.has(kind, object), `${object.kind} ${object.metadata.name} exists`).toBe(true)
          expect(Object.values(annotations).every((value) => typeof value === 'string')).toBe(true)
        }
      })

      it('reads the cluster through declared kinds and indexes only', () => {
        const { kinds: uses, indexes, annotated } = make()
        const view = watched(fullWorld(), uses, [...indexes, ...(annotated ? [annotated] : [])])
        renderIn(view, words)
        make().applied?.(uid, view)
      })

      it('changes nothing of what it is given', () => {
        const view = fullWorld().frozen()
        const frozen = deepFreeze(anApi(metricsWords(words)))
        expect(() => [make().render(frozen, view), make().observe(frozen, view)]).not.toThrow()
      })

      it('finds facts on MetricsConfigured only, with reasons of core', () => {
        for (const view of [fullWorld(), new World(), fullWorld().rebuilt({ unserved: kinds })]) {
          for (const { condition, reason, message } of renderIn(view, words).findings) {
            expect(condition).toBe('MetricsConfigured')
            expect(Object.keys(REASONS)).toContain(reason)
            expect(message).toMatch(/\S/)
          }
        }
      })

      it('never throws in an empty cluster, or while objects or the definition of one of its kinds are missing', () => {
        expect(() => renderIn(new World(), words)).not.toThrow()
        for (const kind of [SERVICE, ENDPOINT_SLICE, ...kinds]) {
          expect(() => renderIn(fullWorld().rebuilt({ without: [kind] }), words), `no ${kind.kind}`).not.toThrow()
          const unserved = fullWorld().rebuilt({ without: [kind], unserved: [kind] })
          expect(() => renderIn(unserved, words), `${kind.kind} not served`).not.toThrow()
        }
      })

      it('never throws over objects with odd bodies', () => {
        for (const [what, view] of oddWorlds(fullWorld(), kinds)) {
          expect(() => renderIn(view, words), what).not.toThrow()
          expect(() => make().applied?.(uid, view), what).not.toThrow()
        }
      })

      it('renders no object of a kind that the cluster does not serve', () => {
        for (const kind of ownedKinds) {
          const { objects } = renderIn(fullWorld().rebuilt({ without: [kind], unserved: [kind] }), words)
          expect(objects.filter((object) => kindAmong(make().kinds, object, 'own') === kind)).toEqual([])
        }
      })
    })

    const nothingOwned = `${name} renders no objects`
    factIf(supports.objects, 'renders an object', nothingOwned, () => {
      expect(renderIn(fullWorld()).objects.length).toBeGreaterThan(0)
    })

    factIf(
      supports.objects,
      'renders nothing and finds CrdMissing while its kinds are not served',
      nothingOwned,
      () => {
        const { objects, findings } = renderIn(fullWorld().rebuilt({ unserved: ownedKinds }))
        expect(objects).toEqual([])
        expect(findings.map(({ status, reason }) => ({ status, reason }))).toContainEqual({
          status: 'False',
          reason: 'CrdMissing',
        })
      },
    )

    const needsService = supports.objects || supports.annotations
    factIf(needsService, 'finds something while the Service is missing', `${name} needs no Service`, () => {
      expect(renderIn(fullWorld().rebuilt({ without: [SERVICE] })).findings.length).toBeGreaterThan(0)
    })

    it('settles: once its objects and annotations are stored, nothing is left to do', () => {
      const first = decided(fullWorld())
      const view = afterHolding(first.annotate)
      store(view, [...make().kinds, ...new NullGateway().kinds], first.objects)
      const second = decided(view)
      expect(second.objects).toEqual(first.objects)
      expect(second.obsolete).toEqual([])
      expect(second.annotate).toEqual([])
    })

    const nothingHeld = `${name} holds no annotations`
    factIf(supports.annotations, 'holds annotations, and knows from the cluster which', nothingHeld, () => {
      const wanted = renderIn(fullWorld()).annotations
      const known = make().applied?.(uid, afterHolding(wanted)) ?? []
      const told = (list: readonly AppliedAnnotations[]) =>
        list.map(({ object, annotations }) => ({ name: object.metadata.name, annotations }))
      expect(wanted.length).toBeGreaterThan(0)
      expect(told(known)).toEqual(told(wanted))
      expect(make().applied?.('another-uid', afterHolding(wanted))).toEqual([])
    })

    factIf(supports.annotations, 'can be told to give everything back', nothingHeld, () => {
      const wanted = renderIn(fullWorld()).annotations
      const view = afterHolding(wanted)
      const given = release(uid, view, rules())
      expect(given.map(({ annotations }) => annotations)).toEqual(wanted.map(() => ({})))
      const { annotated } = make()
      if (!annotated) throw new Error('an annotating adapter needs the index `annotated`: the sweep at start reads it')
      expect(view.by(annotated, uid).length).toBe(wanted.length)
    })

    factIf(!supports.annotations, 'holds no annotations', `${name} holds annotations`, () => {
      expect(renderIn(fullWorld()).annotations).toEqual([])
    })
  })
}

function metricsWords(words: ApiWords): ApiWords {
  return {
    ...words,
    metadata: { labels: { 'oda.tmforum.org/componentName': 'shop', team: 'blue' } },
    spec: { apiType: 'prometheus', path: '/catalog/metrics', ...words.spec },
  }
}

function sameObject(a: KubeObject, b: KubeObject): boolean {
  return a.metadata.name === b.metadata.name && a.metadata.namespace === b.metadata.namespace
}

function holdOnMetadata(
  object: KubeObject,
  annotations: Readonly<Record<string, string>>,
  manager: string,
): KubeObject {
  const keys = Object.keys(annotations).map((key) => [`f:${key}`, {}])
  const entry = {
    manager,
    operation: 'Apply',
    apiVersion: object.apiVersion,
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:metadata': { 'f:annotations': Object.fromEntries(keys) } },
  }
  const metadata = { ...object.metadata, annotations: { ...object.metadata.annotations, ...annotations } }
  return { ...object, metadata: Object.assign(metadata, { managedFields: [entry] }) }
}
