/** `exposedapi run`: the operator as a process. */
import { existsSync } from 'node:fs'
import type { Rules } from '@exposedapi/core/engine'
import { SERVICE_ACCOUNT } from '@exposedapi/kube'
import { compose, type Flags, type Parts } from '../composition.ts'
import { configuration } from '../configuration/environment.ts'
import { ConfigurationError } from '../configuration/error.ts'
import { serve } from '../http-server.ts'
import { collectWhenIdle } from '../idle-collection.ts'
import { VERSION } from '../version.ts'

/** From the signal to the end; below the 30 s that Kubernetes grants a Pod. */
const STOP_WITHIN_MS = 10_000

/** Runs until SIGTERM or SIGINT; resolves when everything is closed. Rejects with a ConfigurationError before it starts. */
export async function run(flags: Flags, environment: NodeJS.ProcessEnv = process.env): Promise<void> {
  // First: from here on a signal ends the process in order, however far the start has come.
  const stop = signalled()
  const config = configuration(environment, flags.config)
  const isPod = existsSync(SERVICE_ACCOUNT)
  if (!isPod && !flags.standalone && flags.kubeconfig === undefined) {
    throw new ConfigurationError('this is not a Pod with a service account: add --standalone to run with a kubeconfig')
  }
  const parts = await compose(config, flags)
  const { controller, leadership, logger, telemetry } = parts
  const server = await serve(config.httpPort, {
    healthz: () => controller.health().dead,
    readyz: () => (stop.aborted ? ['stopping'] : controller.health().notReady),
    notes: () => [...controller.health().notes, ...leadership.notes()],
    metrics: () => {
      controller.sample()
      return telemetry.scrape()
    },
  })
  logger.info({ version: VERSION, namespaces: config.namespaces, ...adapterNames(parts.rules) }, 'starting')
  try {
    // Not awaited alone: a cluster that is away must not keep the process from ending when it is told to.
    await Promise.race([aborted(stop), work(parts, stop).then(() => aborted(stop))])
  } finally {
    const deadline = setTimeout(() => giveUp(parts), STOP_WITHIN_MS)
    await close(parts)
    // Last, so that metrics can be read to the end.
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    clearTimeout(deadline)
    logger.info({}, 'stopped')
  }
}

/** What serves and what makes metrics known, without options, which may hold secrets. */
function adapterNames({ gateways, metrics, retired }: Rules) {
  return {
    gateways: gateways.map(
      ({ name, adapter, retired: isRetired }) => `${name}: ${adapter.name}${isRetired ? ' (retired)' : ''}`,
    ),
    metrics: metrics.name,
    retired: retired.map(({ name }) => name),
  }
}

/** Caches first: whoever leads without them only keeps others from leading. */
async function work({ controller, leadership, logger }: Parts, stop: AbortSignal): Promise<void> {
  await controller.sync()
  if (stop.aborted) return
  logger.info({}, 'caches are in sync')
  await leadership.campaign(() => {
    // At once and without ceremony: another replica writes already, and what we remember is out of date.
    logger.fatal({}, 'lost leadership, exiting')
    process.exit(1)
  })
  if (stop.aborted) return
  await controller.work()
  collectWhenIdle()
  logger.info({}, 'started: caches are in sync, workers are running')
}

/** In this order: the Lease goes after the last write and not before. */
async function close({ controller, leadership, cluster, client, logger }: Parts): Promise<void> {
  logger.info({}, 'stopping: no new work, finishing what is in flight')
  await controller.stop()
  await leadership.resign()
  await cluster.stop()
  client.close()
}

/** The Lease is not released then: who knows what is still on its way to the API server. */
function giveUp({ logger }: Parts): void {
  logger.fatal({}, `did not stop within ${STOP_WITHIN_MS / 1000} s, abandoning what is in flight`)
  process.exit(1)
}

function signalled(): AbortSignal {
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort())
  return stop.signal
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
