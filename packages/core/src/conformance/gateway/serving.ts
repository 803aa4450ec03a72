/** What the objects of many APIs together do to requests: the longest path serves, whole segments, nothing stripped. */
import { type KubeObject, nameOf } from '@exposedapi/objects'
import type { RouteIntent } from '../../adapters/gateway.ts'
import { type Plan, plan } from '../../decide/plan/plan.ts'
import { DEFAULT_SETTINGS } from '../../decide/rules/settings.ts'
import { exposedApi } from '../../model/exposed-api.ts'
import { EXPOSED_API } from '../../model/kinds.ts'
import { isBelow } from '../../model/paths.ts'
import { rawApi } from '../../testing/builders.ts'
import { ensure, ensureSame, inCase, shown } from '../assert.ts'
import { factIf, type Subject } from '../facts.ts'
import { Draws } from '../random.ts'
import type { World } from '../world.ts'
import type { GatewayBench } from './bench.ts'
import type { Served, ServedRequest } from './contract.ts'
import { outer, WARN_FOR_ALL } from './requests.ts'
import { served } from './runs.ts'

type Serves = (objects: readonly KubeObject[], request: ServedRequest) => Served

/** Facts about requests. */
export function serving(bench: GatewayBench): Subject {
  const { name, serves, supports, samples = 1000 } = bench.contract
  const reason = `${name} has no \`serves\``
  const given: Serves = serves ?? (() => ({ status: 0 }))
  const isAsked = (policy: (typeof supports.policies)[number]) => supports.policies.includes(policy)
  const without = (policy: string) => (serves ? `${name} does not claim to support ${policy}` : reason)
  return {
    title: 'serving',
    facts: [
      factIf(
        serves !== undefined,
        'serves each request from the longest path, whole segments and nothing stripped',
        reason,
        () => servesLongest(bench, given, samples),
      ),
      factIf(
        serves !== undefined && isAsked('cors'),
        'lets pages of the named origins read answers, and no others',
        without('cors'),
        () => letsOrigins(bench, given),
      ),
      factIf(
        serves !== undefined && isAsked('apiKeyVerification'),
        'answers a request without a key itself, on every path',
        without('apiKeyVerification'),
        () => asksForKey(bench, given),
      ),
    ],
  }
}

function servesLongest(bench: GatewayBench, serves: Serves, samples: number): void {
  const world = bench.world()
  for (let seed = 1; seed <= samples; seed++) {
    inCase(`set ${seed}`, () => servesSet(bench, serves, world.rebuilt(), new Draws(seed)))
  }
}

/** Some APIs whose paths are close to each other, written one after the other. */
function servesSet(bench: GatewayBench, serves: Serves, world: World, draws: Draws): void {
  const plans = written(bench, world, draws)
  const all = plans.flatMap(({ because }) => because?.route?.request.route ?? [])
  // One gateway at a time: where there is one for each namespace, they do not know each other.
  const gatewayOf = ({ api }: RouteIntent) => bench.make().gatewayOf?.(api)
  const gateway = gatewayOf(draws.of(all))
  const intents = all.filter((intent) => gatewayOf(intent) === gateway)
  const uids = new Set(intents.map(({ api }) => api.metadata.uid))
  const isHere = ({ metadata: { ownerReferences = [] } }: KubeObject) =>
    ownerReferences.some(({ uid }) => uids.has(uid))
  const objects = world.rawOf(bench.make().kinds.map(({ kind }) => kind)).filter(isHere)
  for (const request of requestsFor(intents, draws)) {
    const owner = ownerOf(intents, request)
    const expected = owner ? expectedOf(owner, request, bench.contract.supports.denied ?? 503) : undefined
    const answer = serves(objects, request)
    const among = () => `${shown(request)} among ${intents.map(described).join(', ')}`
    if (!expected) ensure('status' in answer, () => `${among()} is nobody's, and reaches ${shown(answer)}`)
    else ensureSame(reached(answer), expected, among())
  }
}

function written(bench: GatewayBench, world: World, draws: Draws): readonly Plan[] {
  const rules = bench.rules(DEFAULT_SETTINGS)
  const raws = apis(draws)
  world.add(EXPOSED_API, ...raws)
  const plans = raws.map((raw) => plan(exposedApi(raw), world, rules))
  plans.forEach(({ writes }, at) => {
    const creationTimestamp = `2026-06-01T00:00:0${at}Z`
    const objects = writes.map(({ object }) => ({ ...object, metadata: { ...object.metadata, creationTimestamp } }))
    world.store(bench.make().kinds, objects, bench.product)
  })
  return plans
}

/** No two of one path; in the order in which they are written, which is not the order of their names or ages. */
function apis(draws: Draws): readonly KubeObject[] {
  const paths = new Set(Array.from({ length: 2 + draws.below(5) }, () => aPath(draws)))
  return [...paths].map((path, at) => {
    const name = `api-${draws.below(10)}-${at}`
    const isDenied = draws.once(6)
    return rawApi({
      name,
      namespace: draws.once(4) ? 'elsewhere' : 'components',
      metadata: { creationTimestamp: `2026-01-01T00:00:0${draws.below(4)}Z` },
      spec: {
        path,
        implementation: `service-of-${name}`,
        port: draws.of([8080, 8081]),
        ...(draws.once(4) && { developerUI: aPath(draws) }),
        ...(draws.once(4) && { hostname: 'api.example' }),
        // Words that nobody understands: a protection that cannot be had.
        ...(isDenied && { apiKeyVerification: { enabled: true, location: 'nowhere' } }),
      },
    })
  })
}

/** Few different segments, so that paths are often below others, or begin as others do. */
function aPath(draws: Draws): string {
  return `/${Array.from({ length: draws.below(4) }, () => draws.of(['a', 'ab', 'b', 'v1'])).join('/')}`
}

function requestsFor(intents: readonly RouteIntent[], draws: Draws): readonly ServedRequest[] {
  const hosts = new Set(intents.flatMap((intent) => intent.hosts.map((host) => host.replace('*', 'any.example'))))
  const paths = intents.flatMap(({ paths: own }) =>
    own.flatMap((path) => {
      const base = path === '/' ? '' : path
      return [path, `${base}/`, `${base}/x`, `${base}/a/x`, `${base}b`, `${base}-x`]
    }),
  )
  const possible = [...new Set([...paths, '/nowhere'])].filter((path) => path.startsWith('/'))
  return possible.map((path) => ({ host: draws.of([...hosts]), path, method: 'GET' }))
}

function ownerOf(intents: readonly RouteIntent[], { host, path }: ServedRequest): RouteIntent | undefined {
  const isHere = ({ hosts }: RouteIntent) =>
    hosts.some((one) => one === '*' || one === host || (one.startsWith('*.') && host.endsWith(one.slice(1))))
  const length = (intent: RouteIntent) =>
    Math.max(-1, ...intent.paths.filter((own) => own === path || isBelow(path, own)).map((own) => own.length))
  const covering = intents.filter((intent) => isHere(intent) && length(intent) >= 0)
  return covering.toSorted((a, b) => length(b) - length(a))[0]
}

function expectedOf({ api, denied }: RouteIntent, { path }: ServedRequest, deniedStatus: number): Served {
  if (denied !== undefined) return { status: deniedStatus }
  return { service: `${api.metadata.namespace}/${api.spec.implementation}`, port: api.spec.port, path }
}

function reached(answer: Served): Served {
  return 'status' in answer ? answer : { service: answer.service, port: answer.port, path: answer.path }
}

function described({ api, hosts, paths, denied }: RouteIntent): string {
  return `${nameOf(api)} at ${paths.join(' and ')} of ${hosts.join(' and ')}${denied === undefined ? '' : ', denied'}`
}

function letsOrigins(bench: GatewayBench, serves: Serves): void {
  const allowOrigins = 'https://a.example, https://*.b.example'
  const spec = { CORS: { enabled: true, allowOrigins }, developerUI: '/ui' }
  const origins = {
    'https://a.example': true,
    'https://x.b.example': true,
    'https://b.example': false,
    'https://a.example.evil.example': false,
    'https://evil.example': false,
  }
  const objects = objectsServed(bench, spec)
  for (const path of ['/outer', '/outer/x', '/ui']) {
    for (const [origin, expected] of Object.entries(origins)) {
      const answer = serves(objects, { host: hostOf(bench), path, method: 'GET', origin })
      const allowsOrigin = 'status' in answer ? shown(answer) : answer.allowsOrigin
      ensureSame(allowsOrigin, expected, `${path}: a page of ${origin} may read the answer`)
    }
  }
}

function asksForKey(bench: GatewayBench, serves: Serves): void {
  const objects = objectsServed(bench, { ...bench.fieldsOf(['apiKeyVerification']), developerUI: '/ui' })
  for (const path of ['/outer', '/outer/x', '/ui', '/ui/x']) {
    const answer = serves(objects, { host: hostOf(bench), path, method: 'GET' })
    const isRefused = 'status' in answer && (answer.status === 401 || answer.status === 403)
    ensure(isRefused, () => `${path} without a key is not answered 401 or 403, but ${shown(answer)}`)
  }
}

function objectsServed(bench: GatewayBench, spec: Readonly<Record<string, unknown>>): readonly KubeObject[] {
  const kinds = bench.make().kinds.map(({ kind }) => kind)
  return served(bench, WARN_FOR_ALL, { spec }).world.rawOf(kinds)
}

function hostOf(bench: GatewayBench): string {
  return bench.make().hosts(outer())[0]?.replace('*', 'any.example') ?? ''
}
