/** `exposedapi run`: the operator as a process. */
import { existsSync } from 'node:fs'
import { SERVICE_ACCOUNT } from '@exposedapi/kube'
import { type ConnectionFlags, compose } from '../composition.ts'
import { ConfigurationError, configuration } from '../environment.ts'
import { serve } from '../http-server.ts'
import { VERSION } from '../version.ts'

/** Flags of the command. */
export interface RunFlags extends ConnectionFlags {
  /** Run outside a Pod, from a kubeconfig. */
  readonly standalone: boolean
}

/** Runs until SIGTERM or SIGINT; resolves when everything is closed. Rejects with a ConfigurationError before it starts. */
export async function run(
  { standalone, ...flags }: RunFlags,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const config = configuration(environment)
  if (!standalone && flags.kubeconfig === undefined && !existsSync(SERVICE_ACCOUNT)) {
    throw new ConfigurationError('this is no Pod with a service account: add --standalone to run from a kubeconfig')
  }
  const { controller, cluster, client, logger, telemetry } = await compose(config, flags)
  const server = await serve(config.httpPort, {
    healthz: () => controller.health().dead,
    readyz: () => controller.health().notReady,
    metrics: () => {
      controller.sample()
      return telemetry.scrape()
    },
  })
  logger.info(
    { version: VERSION, namespaces: config.namespaces, gateway: config.gateway, metrics: config.metrics.mode },
    'starting',
  )

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
