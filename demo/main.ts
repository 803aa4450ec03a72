/** `npm run demo`: the operator at work on a real Kubernetes API server, step by step. The exit code is 0 if all came true. */

import { bundle } from '@exposedapi/operator/bundle'
import { OperatorProcess } from '@exposedapi/testbed/canvas'
import { isInside } from '@exposedapi/testbed/mesh'
import { givenStage } from './given-stage.ts'
import { insideNamespace } from './namespace.ts'
import { Narrator } from './narrator.ts'
import { demoOptions } from './options.ts'
import { meshStage, ownStage } from './own-stage.ts'
import type { Stage } from './stage.ts'
import { play } from './steps.ts'

const options = demoOptions(process.argv.slice(2))
const narrator = new Narrator()
if (options.mesh && !isInside()) process.exitCode = await insideNamespace(process.argv.slice(1), narrator)
else await demonstrate()

async function demonstrate(): Promise<void> {
  try {
    narrator.step(options.kubeconfig ? 'Your cluster' : 'A Kubernetes control plane on this machine')
    const bundling = { doing: 'bundling the operator', done: 'the operator is bundled into one file' }
    const operatorBundle = await narrator.watch(bundling, () => bundle())
    await using stage = await stageFor(operatorBundle)
    await using operator = await OperatorProcess.start({ bundle: operatorBundle, ...stage.operator })
    const starting = { doing: 'starting the operator', done: 'the operator is running and its caches are in sync' }
    await narrator.watch(starting, () => operator.ready())
    await play(stage, narrator)
    narrator.say('', 'Everything happened as expected.')
    if (options.keep) await keep(stage)
  } catch (error) {
    narrator.say('', `The demo failed: ${error instanceof Error ? error.message : String(error)}`)
    if (error instanceof Error && error.cause instanceof Error) narrator.say(error.cause.message)
    process.exitCode = 1
  }
}

function stageFor(operatorBundle: string): Promise<Stage> {
  if (options.kubeconfig) return givenStage(options.kubeconfig, narrator)
  return options.mesh ? meshStage(operatorBundle, narrator) : ownStage(operatorBundle, narrator)
}

/** Leaves cluster and operator up until Ctrl-C. */
async function keep({ kubeconfig, namespace }: Stage): Promise<void> {
  narrator.say(
    `${options.kubeconfig ? 'The operator keeps' : 'The cluster and the operator keep'} running. In another terminal:`,
    '',
    ...(options.mesh
      ? [`  nsenter -t ${process.pid} --user --preserve-credentials --net   # the mesh has a network of its own`]
      : []),
    `  export KUBECONFIG=${kubeconfig}`,
    `  kubectl -n ${namespace} get exposedapis,virtualservices,servicemonitors`,
    '',
    options.kubeconfig
      ? `Press Ctrl-C to stop the operator and delete namespace ${namespace}.`
      : 'Press Ctrl-C to stop both and delete their data.',
  )
  const { promise, resolve } = Promise.withResolvers<void>()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  await promise
}
