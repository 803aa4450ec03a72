/**
 * Small scenes in which core says what it has to say, each of its reasons at least once.
 *
 * `messages.test.ts` writes down what is said in `testdata/messages.out.yaml`; docs/messages.md is made of it.
 */
import type { KubeObject } from '@exposedapi/objects'
import type { GatewayAdapter, Observation } from '../src/adapters/gateway.ts'
import { type GatewayEntry, type GraceState, onlyGateway } from '../src/engine.ts'
import type { Finding } from '../src/findings/finding.ts'
import type { PolicyVerdict } from '../src/policies/verdict.ts'
import { type ApiWords, aService, aSlice } from '../src/testing/index.ts'

/** One API `catalog`, what surrounds it, and what happens. */
export interface Scene {
  readonly api?: ApiWords
  /** How the API was before, written and said. Default: it is new. */
  readonly before?: ApiWords
  /** Other APIs. */
  readonly others?: readonly ApiWords[]
  /** Services, EndpointSlices and foreign objects. Default: a Service with a ready endpoint. */
  readonly world?: readonly KubeObject[]
  /** The gateways of the configuration. Default: the adapter's alone, which it was before in any case. */
  readonly entries?: (adapter: GatewayAdapter) => readonly GatewayEntry[]
  /** What the gateway says beside the address, and of each policy. */
  readonly observed?: Partial<Observation>
  readonly verdict?: Omit<PolicyVerdict, 'policy'>
  /** A kind that is not served. */
  readonly unserved?: 'routes'
  /** The objects of the route: stored, stored without fields, not ready, refused in these words, or not written yet. */
  readonly route?: 'stored' | 'pruned' | 'unready' | 'unwritten' | { readonly refused: string }
  /** An adapter throws. */
  readonly throws?: 'gateway' | 'metrics'
  /** Metrics: an object, and what becomes of it. */
  readonly monitor?: 'stored' | 'unwritten' | { readonly refused: string }
  /** Milliseconds. Default 0. */
  readonly now?: number
  readonly grace?: GraceState
}

const KEY = { apiKeyVerification: { enabled: true } }
const CORS = { CORS: { enabled: true, allowOrigins: 'https://shop.example.com' } }
const ENFORCED = { state: 'Enforced', reason: 'Enforced', message: 'The gateway does it.' } as const
const OLD = { creationTimestamp: '2020-01-01T00:00:00Z' }
const SERVED = [aService(), aSlice()]
const LATE = { now: 100_000, grace: { awaitingSince: 0 } }

const NO_CRD: Finding = {
  condition: 'RouteProgrammed',
  status: 'False',
  reason: 'CrdMissing',
  message: 'The cluster does not serve acmeroutes.acme.example.',
}
const NO_GATEWAY: Finding = {
  condition: 'AddressAssigned',
  status: 'False',
  reason: 'GatewayNotFound',
  message: 'Gateway canvas/component-gateway does not exist.',
}

function inTheWay(kind: string, owner?: object): readonly KubeObject[] {
  const metadata = { name: 'catalog', namespace: 'components', ...(owner && { ownerReferences: [owner] }) }
  return [...SERVED, { apiVersion: 'acme.example/v1', kind, metadata } as KubeObject]
}

function otherEntry(adapter: GatewayAdapter): GatewayEntry {
  return { ...onlyGateway(adapter), name: 'external', plainNames: false }
}

const EARLIER = { apiVersion: 'oda.tmforum.org/v1', kind: 'ExposedAPI', name: 'catalog', uid: 'x', controller: true }
const COMPONENT_LABEL = { 'oda.tmforum.org/componentName': 'shop' }

/** By what they show. */
export const SCENES: Readonly<Record<string, Scene>> = {
  'everything is well': { api: { spec: { ...CORS, apiType: 'prometheus' } }, verdict: ENFORCED, monitor: 'stored' },

  'a required field is missing': { api: { spec: { port: undefined } } },
  'a value of the wrong type': { api: { spec: { port: '8080' } } },
  'a word that is not allowed': { api: { spec: { apiType: 'grpc' } } },
  'a path with a placeholder': { api: { spec: { path: '/city/{name}' } } },
  'no port': { api: { spec: { port: 0 } } },
  'a DNS name for a Service': { api: { spec: { implementation: 'catalog.shop.svc.cluster.local' } } },
  'a URL for a host name': { api: { spec: { hostname: 'https://shop.example.com/' } } },
  'the path of another API': {
    others: [{ name: 'older', spec: { path: '/catalog', implementation: 'other' }, metadata: OLD }],
    api: { spec: { apiType: 'prometheus' } },
  },
  'a foreign object': { world: inTheWay('AcmeRoute') },
  'an object of an earlier API': { world: inTheWay('AcmeRoute', EARLIER) },
  'a protection in the wrong place': { api: { spec: { gatewayConfiguration: KEY } } },
  'a policy in the wrong place': { api: { spec: { gatewayConfiguration: CORS } } },
  'a link with a fragment': { api: { spec: { developerUI: '/docs#/' } } },
  'a misspelt field': { api: { spec: { developerUi: '/docs' } } },
  'no such Component': { api: { metadata: { labels: COMPONENT_LABEL } } },

  'no gateway for it': { entries: (adapter) => [{ ...onlyGateway(adapter), serves: () => false }] },
  'a route on its way': { before: {}, entries: (adapter) => [otherEntry(adapter), onlyGateway(adapter)] },
  'a gateway that is configured no more': { before: {}, entries: (adapter) => [otherEntry(adapter)] },
  'no such kind': { unserved: 'routes', observed: { findings: [NO_CRD] } },
  'a refused route': { route: { refused: 'admission webhook "policy.example.com" denied the request' } },
  'a route that is not written yet': { route: 'unwritten' },
  'a user interface at the path of another API': {
    others: [{ name: 'other', spec: { path: '/docs', implementation: 'other' }, metadata: OLD }],
    api: { spec: { developerUI: '/docs' } },
  },
  'a protection that was added and refused': {
    before: {},
    api: { spec: KEY },
    route: { refused: 'admission webhook "policy.example.com" denied the request' },
  },
  'a gateway that has not reported yet': { observed: { awaiting: true }, now: 5_000, grace: { awaitingSince: 0 } },
  'a gateway that never reports': { observed: { awaiting: true }, ...LATE },
  'a gateway adapter that throws': { throws: 'gateway', api: { spec: CORS } },
  'a protection that cannot be had': { api: { spec: KEY } },
  'a route of which fields are dropped': { route: 'pruned' },

  'no address any more': { before: {}, observed: { address: undefined, findings: [NO_GATEWAY] } },
  'no address yet': { observed: { address: undefined } },

  'no Service': { world: [] },
  'a Service without the port': { world: [aService({ ports: [{ port: 80, targetPort: 8080 }] })] },
  'a Service of type ExternalName': { world: [aService({ spec: { type: 'ExternalName' } })] },
  'no ready endpoint': { world: [aService(), aSlice({ ready: [false] })] },

  'a policy that makes no sense': { api: { spec: { rateLimit: { enabled: true, limit: 'many' } } } },
  'CORS for everybody with credentials': { api: { spec: { CORS: { enabled: true, allowCredentials: true } } } },
  'a policy that is done roughly': {
    api: { spec: CORS },
    verdict: {
      state: 'Approximate',
      reason: 'Approximate',
      message: 'The gateway answers preflights for all methods.',
    },
  },
  'a policy that waits': { api: { spec: CORS }, verdict: ENFORCED, route: 'unready' },
  'a changed policy that waits': { before: { spec: CORS }, api: { spec: CORS }, verdict: ENFORCED, route: 'unready' },
  'a policy whose change is refused': {
    before: { spec: CORS },
    api: { spec: { CORS: { enabled: true, allowOrigins: 'https://other.example.com' } } },
    verdict: ENFORCED,
    route: { refused: 'admission webhook "policy.example.com" denied the request' },
  },
  'a policy of which fields are dropped': { api: { spec: CORS }, verdict: ENFORCED, route: 'pruned' },
  'a policy that the gateway refuses': {
    api: { spec: CORS },
    verdict: ENFORCED,
    observed: {
      policies: [{ policy: 'cors', state: 'Refused', message: 'The controller reports: too many origins.' }],
    },
  },
  'a policy about which the gateway never reports': {
    api: { spec: CORS },
    verdict: ENFORCED,
    observed: { policies: [{ policy: 'cors', state: 'Pending', message: 'The controller has not reported yet.' }] },
    ...LATE,
  },

  'a monitor that is not written yet': { api: { spec: { apiType: 'prometheus' } }, monitor: 'unwritten' },
  'a foreign monitor': { api: { spec: { apiType: 'prometheus' } }, monitor: 'stored', world: inTheWay('AcmeMonitor') },
  'a refused monitor': { api: { spec: { apiType: 'prometheus' } }, monitor: { refused: 'forbidden' } },
  'a metrics adapter that throws': { api: { spec: { apiType: 'prometheus' } }, throws: 'metrics' },
  'an invalid metrics API': { api: { spec: { apiType: 'prometheus', path: 'catalog' } } },
}
