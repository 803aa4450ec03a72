import { type KubeObject, SERVICE } from '@exposedapi/core'
import {
  type GatewayContract,
  gatewayContract,
  type Served,
  type ServedRequest,
  type StoredObject,
} from '@exposedapi/core/conformance'
import { adapterOf, aService, type MemoryView } from '@exposedapi/core/testing'
import { describe, it } from 'vitest'
import { served, type Written } from '../test/mesh.ts'
import { istio } from './index.ts'
import { GATEWAY, VIRTUAL_SERVICE } from './objects/kinds.ts'
import type { HttpRule } from './virtual-service.ts'

const labels = { istio: 'ingressgateway' }

/** The ingress of the Canvas: one HTTPS server for any host, behind a load balancer with an address. */
const world = (gatewayNamespace: string) => (view: MemoryView) => {
  const name = 'istio-ingress'
  const ports = [{ name: 'https', port: 443, targetPort: 443 }]
  view.add(
    SERVICE,
    aService({
      name,
      namespace: name,
      labels,
      selector: labels,
      ports,
      spec: { type: 'LoadBalancer' },
      ingress: [{ ip: '203.0.113.7' }],
    }),
  )
  const servers = [
    {
      port: { number: 443, name: 'https', protocol: 'HTTPS' },
      hosts: ['*'],
      tls: { mode: 'SIMPLE', credentialName: 'cert' },
    },
  ]
  const metadata = { name: 'component-gateway', namespace: gatewayNamespace, uid: 'uid-gateway' }
  const gateway = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata,
    spec: { selector: labels, servers },
  }
  view.add(GATEWAY, gateway)
}

/** What the model of istiod and Envoy does with the VirtualServices among the objects. */
function serves(objects: readonly KubeObject[], request: ServedRequest): Served {
  const all = objects.filter((object): object is Written => object.kind === VIRTUAL_SERVICE.kind)
  const rule = served(all, request)
  if (!rule) return { status: 404 }
  if (rule.directResponse) return { status: rule.directResponse.status }
  const { host = '', port } = rule.route?.[0]?.destination ?? {}
  // The name of a rule begins with the namespace of its API, and a host without domain is in that of the VirtualService.
  const [name, namespace = rule.name.split('.')[0]] = host.split('.')
  const allowsOrigin = isAllowed(rule, request.origin)
  return { service: `${namespace}/${name}`, port: port?.number ?? 0, path: request.path, allowsOrigin }
}

function isAllowed({ corsPolicy }: HttpRule, origin = ''): boolean {
  const isMatched = (match: object) => {
    if ('exact' in match) return match.exact === origin
    return 'regex' in match && new RegExp(`^(${match.regex})$`).test(origin)
  }
  return corsPolicy?.allowOrigins.some(isMatched) ?? false
}

/** istiod speaks only where analysis is on, and only of errors: its silence means nothing. */
const answers: GatewayContract['answers'] = {
  yes: (object) => object,
  no: (object: StoredObject) => {
    const message = { type: { code: 'IST0101', name: 'ReferencedResourceNotFound' }, level: 'ERROR' }
    const { generation } = object.metadata
    return { ...object, status: { observedGeneration: generation, validationMessages: [message] } }
  },
}

const common = { answers, serves, supports: { policies: ['cors'] } } as const
const runner = { describe, it }

gatewayContract(
  {
    ...common,
    name: 'Istio',
    make: () => adapterOf(istio, { gateway: 'canvas/component-gateway' }),
    world: world('canvas'),
  },
  runner,
)

gatewayContract(
  {
    ...common,
    name: 'Istio with a Gateway in each namespace',
    samples: 200,
    make: () => adapterOf(istio, { gateway: 'component-gateway' }),
    world: (view) => {
      world('components')(view)
      world('elsewhere')(view)
    },
  },
  runner,
)

gatewayContract(
  {
    ...common,
    name: 'Istio under a public host name',
    samples: 200,
    make: () => adapterOf(istio, { gateway: 'canvas/component-gateway', publicHostname: 'api.example.com' }),
    world: world('canvas'),
  },
  runner,
)
