/** `exposedapi run`: the operator as a process. */
import { compose, type ConnectionFlags } from '../composition.ts'
import { configuration } from '../environment.ts'
import { serve } from '../http-server.ts'
import { VERSION } from '../version.ts'

/** Runs until SIGTERM or SIGINT; resolves when everything is closed. Rejects with a ConfigurationError before it starts. */
export async function run(flags: ConnectionFlags, environment: NodeJS.ProcessEnv = process.env): Promise<void> {
  const config = configuration(environment)
  const { controller, cluster, client, logger, telemetry } = await compose(config, flags)
  const server = await serve(config.httpPort, {
    healthz: () => controller.health().dead,
    readyz: () => controller.health().notReady,
    metrics: () => telemetry.scrape(),
  })
  logger.info({ version: VERSION, namespaces: config.namespaces, gateway: config.gateway, metrics: config.metrics.mode }, 'starting')

  const stopped = signalled()
  // Not awaited alone: a cluster that is away must not keep the process from ending when it is told to.
  const started = controller.start().then(() => logger.info({}, 'started: caches are in step, workers run'))
  await Promise.race([stopped, started.then(() => stopped)])
  logger.info({}, 'stopping: no new work, finishing what is in flight')
  await controller.stop()
  await cluster.stop()
  client.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  logger.info({}, 'stopped')
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  })
}
