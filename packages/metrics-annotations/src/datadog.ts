/**
 * Autodiscovery annotations of the Datadog Agent, version 2 (Agent 7.36 and later).
 *
 * The key names a container, and a name that no container has yields nothing at all, without a word (datadog-agent#4382).
 * `%%port%%` would be the highest exposed port, so the number is written; `%%host%%` is the Pod, where the name of the
 * Service would be a random replica at each scrape.
 */
import { nameOf } from '@exposedapi/core'
import type { Convention } from './convention.ts'
import type { DataDogOptions } from './options.ts'
import { containerOf, portNotDeclared } from './target.ts'

const PREFIX = 'ad.datadoghq.com/'
/** Kubernetes allows 63 characters after the slash, and a container's name may have as many alone. */
const LONGEST_NAME = 63 - '.checks'.length

/** The convention under these options. */
export function dataDog({ namespace }: DataDogOptions): Convention {
  return {
    prefix: PREFIX,
    annotations({ spec }, port, pod) {
      const target = containerOf(port, pod)
      if (!target) return portNotDeclared(port, pod)
      if (target.container.length > LONGEST_NAME) {
        const message = `The name of container ${target.container} of Pod ${nameOf(pod)} is too long for an annotation: use at most ${LONGEST_NAME} characters.`
        return { status: 'False', reason: 'ContainerPortNotDeclared', message }
      }
      const endpoint = `http://%%host%%:${target.number}${spec.path}`
      const instance = { openmetrics_endpoint: endpoint, namespace, metrics: ['.*'] }
      return {
        [`${PREFIX}${target.container}.checks`]: JSON.stringify({
          openmetrics: { init_config: {}, instances: [instance] },
        }),
      }
    },
  }
}
