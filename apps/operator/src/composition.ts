/**
 * The composition root: the one place where the parts meet, and the only one that knows tsyringe.
 *
 * No decorators: esbuild emits no decorator metadata, so a container would inject `undefined` in the bundle. Every part is
 * registered by a factory under a token of core.
 */
import 'reflect-metadata'
import { hostname } from 'node:os'
import { Controller, declaredKinds } from '@exposedapi/controller'
import { type Rules, TOKENS } from '@exposedapi/core/engine'
import {
  Cluster,
  type Connection,
  connect,
  EventRecorder,
  type Logger,
  namespaceSet,
  RestClient,
} from '@exposedapi/kube'
import pino, { type Logger as Pino } from 'pino'
import { container, type DependencyContainer, type InjectionToken, instanceCachingFactory } from 'tsyringe'
import type { Configuration } from './configuration/environment.ts'
import { ConfigurationError } from './configuration/error.ts'
import { enginePatterns } from './configuration/namespace-patterns.ts'
import { rulesFor } from './configuration/rules.ts'
import { alone, byLease, type Leadership, leaseNamespace } from './leadership.ts'
import { PrometheusTelemetry } from './telemetry.ts'
import { VERSION } from './version.ts'

/** How the API server is found. */
export interface ConnectionFlags {
  /** Default: the service account of the Pod, else `$KUBECONFIG`, else `~/.kube/config`. */
  readonly kubeconfig?: string
  readonly context?: string
}

/** How the operator is run. */
export interface Flags extends ConnectionFlags {
  /** The configuration file. */
  readonly config?: string
  /** Nobody else runs: no Lease. */
  readonly standalone: boolean
}

/** Server-side apply keeps fields by this name: it never changes, or old fields would stay for ever. */
export const FIELD_MANAGER = 'exposedapi-operator'

/** Field manager of what the reference operator made: that of the Kubernetes client of Python. */
const REFERENCE_MANAGERS = ['OpenAPI-Generator']

/** A running operator's parts. */
export interface Parts {
  readonly rules: Rules
  readonly controller: Controller
  readonly cluster: Cluster
  readonly client: RestClient
  readonly leadership: Leadership
  readonly logger: Pino
  readonly telemetry: PrometheusTelemetry
}

/** Builds the operator. Throws on a configuration that cannot work; opens no connection yet. */
export async function compose(
  configuration: Configuration,
  { standalone, config: _, ...flags }: Flags,
): Promise<Parts> {
  const root = container.createChildContainer()
  // Before the kubeconfig is read: a wrong variable must be named even where no cluster is at hand.
  root.register(token('rules'), { useValue: await rulesFor(configuration) })
  const connection = await connected(flags)
  const namespace = standalone ? undefined : leaseNamespace(configuration, connection)

  root.register(token<Pino>('logger'), { useValue: logger(configuration) })
  root.register(token<PrometheusTelemetry>('telemetry'), { useValue: new PrometheusTelemetry() })
  singleton(root, 'client', (from) => new RestClient({ connection, ...watchers(from) }))
  const client = root.resolve(token<RestClient>('client'))
  const leadership = namespace === undefined ? alone() : byLease({ client, namespace, ...watchers(root) })
  singleton(root, 'cluster', (from) => cluster(from, configuration, leadership))
  singleton(root, 'controller', (from) => controller(from, leadership))
  return {
    rules: root.resolve(token<Rules>('rules')),
    controller: root.resolve(token<Controller>('controller')),
    cluster: root.resolve(token<Cluster>('cluster')),
    client,
    leadership,
    logger: root.resolve(token<Pino>('logger')),
    telemetry: root.resolve(token<PrometheusTelemetry>('telemetry')),
  }
}

/** What every part tells of itself to. */
function watchers(from: DependencyContainer) {
  return {
    log: from.resolve(token<Logger>('logger')),
    telemetry: from.resolve(token<PrometheusTelemetry>('telemetry')),
  }
}

function cluster(from: DependencyContainer, { namespaces }: Configuration, leadership: Leadership): Cluster {
  const rules = from.resolve(token<Rules>('rules'))
  return new Cluster({
    ...declaredKinds(rules),
    client: from.resolve(token<RestClient>('client')),
    namespaces: namespaceSet(
      enginePatterns(namespaces),
      rules.gateways.flatMap(({ adapter }) => adapter.namespaces ?? []),
    ),
    formerManagers: REFERENCE_MANAGERS,
    fieldManager: FIELD_MANAGER,
    mayWrite: leadership.mayWrite,
    ...watchers(from),
  })
}

function controller(from: DependencyContainer, leadership: Leadership): Controller {
  return new Controller({
    cluster: from.resolve(token<Cluster>('cluster')),
    rules: from.resolve(token<Rules>('rules')),
    events: new EventRecorder({
      client: from.resolve(token<RestClient>('client')),
      reporter: FIELD_MANAGER,
      mayWrite: leadership.mayWrite,
      // In a Pod, its name.
      instance: hostname(),
      ...watchers(from),
    }),
    ...watchers(from),
  })
}

/** A kubeconfig that cannot be read stops the start like any other configuration. */
async function connected(flags: ConnectionFlags): Promise<Connection> {
  try {
    return await connect({ ...flags, userAgent: `exposedapi-operator/${VERSION}` })
  } catch (cause) {
    throw new ConfigurationError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

/**
 * JSON to standard output, without a transport: worker threads do not survive bundling. Synchronous: by default pino hands a line to
 * a thread, and the line that tells why the process ends would overtake the one before it.
 */
function logger({ logLevel }: Configuration): Pino {
  const options = { base: null, level: logLevel, timestamp: pino.stdTimeFunctions.isoTime }
  return pino(options, pino.destination({ sync: true }))
}

function token<T>(name: keyof typeof TOKENS): InjectionToken<T> {
  return TOKENS[name] as InjectionToken<T>
}

function singleton<T>(
  root: DependencyContainer,
  name: keyof typeof TOKENS,
  make: (from: DependencyContainer) => T,
): void {
  root.register(token<T>(name), { useFactory: instanceCachingFactory(make) })
}
