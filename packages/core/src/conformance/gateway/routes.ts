/** A route covers what it should, is published, and leads nowhere when it is denied. */
import { nameOf } from '@exposedapi/objects'
import { kindOf } from '../../decide/rules/children.ts'
import type { Address } from '../../model/address.ts'
import { ensure, ensureNone, inCase, shown } from '../assert.ts'
import { identityOf, inEachCase, objectsOf, ownedKinds } from '../common/probe.ts'
import { fact, type Subject } from '../facts.ts'
import { World } from '../world.ts'
import { bodyText, type GatewayAnswer, type GatewayBench } from './bench.ts'
import { NESTED_SERVICE, OUTER_SERVICE, outer } from './requests.ts'

/** Facts about one route. */
export function routes(bench: GatewayBench): Subject {
  const each = (state: (answer: GatewayAnswer) => void) => () => inEachCase(bench, (which) => state(bench.ask(which)))
  return {
    title: 'routes',
    facts: [
      fact('routes, publishes and addresses an API when the world has what it needs', () => servesOrdinary(bench)),
      fact('publishes an object that it renders', each(publishesRendered)),
      fact('shares no object between two gateways of one operator', () => {
        const there = objectsOf(bench.ask('an API on one of several gateways')).map(identityOf)
        const here = objectsOf(bench.ask('an API with every policy')).map(identityOf)
        ensureNone(
          here.filter((name) => there.includes(name)),
          'rendered on both',
        )
      }),
      fact('serves every API under at least one host, whatever its spec', () => hasHosts(bench)),
      fact('renders every path, also of a denied route', each(rendersPaths)),
      fact('renders every host under which an API is served', each(rendersHosts)),
      fact('publishes an address under whose host the route is served', each(isAddressed)),
      fact('renders a denied route that does not even name the implementation', () => deniesWhole(bench)),
      fact('renders something or says why not, in an empty cluster', () =>
        inEachCase(bench, (which) => {
          const { rendered, findings } = bench.ask(which, new World())
          ensure(rendered.length + findings.length > 0, 'nothing is rendered, and nothing is said')
        }),
      ),
      fact('renders nothing and finds CrdMissing while the kind of its route is not served', () => missesKind(bench)),
    ],
  }
}

function servesOrdinary(bench: GatewayBench): void {
  const { rendered, findings, observation } = bench.ask('an ordinary API')
  ensureNone(
    findings.filter(({ status }) => status !== 'True'),
    'bad news of an ordinary API',
  )
  ensure(bodies(rendered).includes(OUTER_SERVICE), `no object names the implementation ${OUTER_SERVICE}`)
  ensure(observation.published, 'no object is published')
  ensure(observation.address, 'there is no address, although the world has all that it needs')
  ensure(!observation.awaiting, 'an answer is awaited, although the product says yes: give `answers`')
  const waiting = rendered.filter(({ object, ready }) => ready && !isReady(bench, object, ready))
  ensureNone(
    waiting.map(({ object }) => identityOf(object)),
    'not ready, although the product says yes',
  )
}

function isReady(
  bench: GatewayBench,
  object: GatewayAnswer['rendered'][number]['object'],
  ready: (stored: never) => boolean,
) {
  const { kinds } = bench.make()
  const world = bench.world().store(kinds, [object], bench.product)
  const kind = kindOf(object, ownedKinds(kinds))
  return kind && ready(world.get(kind, object.metadata.namespace ?? '', object.metadata.name) as never)
}

function publishesRendered({ rendered, observation: { published } }: GatewayAnswer): void {
  if (!published || rendered.length === 0) return
  const names = objectsOf({ rendered }).map(identityOf)
  ensure(names.includes(identityOf(published)), () => `${identityOf(published)} is published and not rendered`)
}

function hasHosts(bench: GatewayBench): void {
  for (const spec of [{}, { hostname: 'api.example' }, { path: '/' }, { apiType: 'mcp' }]) {
    const hosts = bench.make().hosts(outer({ spec }))
    ensure(hosts.length > 0, `no host for an API with ${shown(spec)}`)
    ensureNone(
      hosts.filter((host) => host === '' || /[/:\s]/.test(host)),
      'not a host',
    )
  }
}

function rendersPaths({ request, rendered }: GatewayAnswer): void {
  const text = bodies(rendered)
  for (const { api, paths } of [request.route, ...request.nested]) {
    ensureNone(
      paths.filter((path) => !hasPath(text, path)),
      `paths of ${nameOf(api)} that occur in no object`,
    )
  }
}

/** Neither as a part of a longer word, nor as the beginning of a longer path. */
function hasPath(text: string, path: string): boolean {
  return path === '/' || new RegExp(`${path}(?![-A-Za-z0-9]|/[A-Za-z0-9])`).test(text)
}

function rendersHosts({ request: { route }, rendered }: GatewayAnswer): void {
  const text = bodies(rendered)
  ensureNone(
    route.hosts.filter((host) => host !== '*' && !text.includes(host)),
    'hosts that occur in no object',
  )
}

function isAddressed({ request: { route }, observation: { address } }: GatewayAnswer): void {
  if (!address) return
  isWellFormed(address)
  const isServed = route.hosts.some((host) => covers(host.toLowerCase(), address.host.toLowerCase()))
  ensure(isServed, `${address.host} is published, and the route is served under ${route.hosts.join(', ')}`)
}

function isWellFormed({ scheme, host, port }: Address): void {
  ensure(scheme === 'http' || scheme === 'https', `${scheme} is no scheme`)
  const isHost =
    /^[A-Za-z0-9]([-A-Za-z0-9.]{0,251}[A-Za-z0-9])?\.?$/.test(host) || /^[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*$/.test(host)
  ensure(isHost, `${shown(host)} is neither a host name nor an IP address`)
  ensure(port === undefined || (Number.isInteger(port) && port > 0 && port < 65_536), `${port} is no port`)
}

function covers(pattern: string, host: string): boolean {
  return pattern === '*' || pattern === host || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)))
}

function deniesWhole(bench: GatewayBench): void {
  for (const which of bench.cases.filter((one) => one.includes('denied'))) {
    inCase(which, () => {
      const { rendered } = bench.ask(which)
      ensure(rendered.length > 0, 'a denied path needs a route of its own, or a shorter one catches it')
      const denied = which.includes('nested') ? NESTED_SERVICE : OUTER_SERVICE
      ensure(!bodies(rendered).includes(denied), `the implementation ${denied} of a denied API is named`)
    })
  }
}

function missesKind(bench: GatewayBench): void {
  const { published } = bench.ask('an ordinary API').observation
  const kind = published && kindOf(published, ownedKinds(bench.make().kinds))
  ensure(kind, 'the adapter publishes no object of a kind that it owns')
  const { rendered, findings } = bench.ask('an ordinary API', bench.world().rebuilt({ unserved: [kind] }))
  ensureNone(objectsOf({ rendered }).map(identityOf), 'rendered, though it cannot be routed to')
  const said = findings.map(({ condition, status, reason }) => `${condition} ${status} ${reason}`)
  ensure(
    said.includes('RouteProgrammed False CrdMissing'),
    () => `RouteProgrammed False CrdMissing is not said: ${shown(said)}`,
  )
}

/** The text of all objects. */
function bodies(rendered: GatewayAnswer['rendered']): string {
  return objectsOf({ rendered }).map(bodyText).join('\n')
}
