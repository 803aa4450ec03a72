/** The suites on adapters of several shapes: the reference adapters, and small ones that support what those do not. */
import type { KubeObject } from '@exposedapi/objects'
import { describe, it } from 'vitest'
import { EDGE, EdgeGateway } from '../../test/edge-gateway.ts'
import { podContract } from '../../test/pod-contract.ts'
import { LISTENER, TargetGateway } from '../../test/target-gateway.ts'
import { NullGateway, NullMetrics } from '../testing/null-gateway.ts'
import { gatewayContract, metricsContract, type StoredObject } from './index.ts'

const runner = { describe, it }

gatewayContract({ name: 'null', make: () => new NullGateway(), supports: { policies: [] } }, runner)

gatewayContract(
  {
    name: 'edge (only here)',
    make: () => new EdgeGateway(),
    world: (view) => {
      const metadata = { name: 'edge', namespace: 'edge-system' }
      view.add(EDGE, { apiVersion: 'acme.example/v2', kind: 'Edge', metadata, ...{ spec: { host: 'edge.example' } } })
    },
    supports: { policies: ['apiKeyVerification'] },
  },
  runner,
)

gatewayContract(
  {
    name: 'target (only here)',
    make: () => new TargetGateway(),
    world: (view) => {
      const metadata = { name: 'target', namespace: 'target-system' }
      const status = { host: 'a.example' }
      view.add(LISTENER, { apiVersion: 'target.example/v1', kind: 'Listener', metadata, ...{ status } })
    },
    supports: { policies: ['cors', 'rateLimit'] },
    answers: {
      yes: (object) => toldByParent(object, object.metadata.generation, true),
      no: (object) => toldByParent(object, object.metadata.generation, false),
      notYet: ({ status: _, ...object }) => object as KubeObject,
      oldGeneration: (object) => toldByParent(object, object.metadata.generation - 1, true),
    },
  },
  runner,
)

function toldByParent(object: StoredObject, observedGeneration: number, accepted: boolean): KubeObject {
  const parents = ['other', 'target'].map((name) => {
    return { controller: `${name}.example/controller`, observedGeneration, accepted: name === 'other' || accepted }
  })
  return object.kind === 'Route' ? ({ ...object, status: { parents } } as KubeObject) : object
}

metricsContract(
  { name: 'null', make: () => new NullMetrics(), supports: { objects: false, annotations: false } },
  runner,
)

metricsContract(podContract(), runner)
