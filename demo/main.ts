/** `npm run demo`: the operator at work on a real Kubernetes API server, step by step. The exit code tells. */
import { OperatorProcess } from '@exposedapi/testbed/canvas'
import { isInside } from '@exposedapi/testbed/mesh'
import { bundle } from '../apps/operator/bundle.ts'
import { insideNamespace } from './namespace.ts'
import { Narrator } from './narrator.ts'
import { demoOptions } from './options.ts'
import { givenStage, meshStage, ownStage, type Stage } from './stage.ts'
import { play } from './steps.ts'

const options = demoOptions(process.argv.slice(2))
const narrator = new Narrator()
if (options.mesh && !isInside()) process.exitCode = await insideNamespace(process.argv.slice(1), narrator)
else await demonstrate()

async function demonstrate(): Promise<void> {
  try {
    narrator.step(options.kubeconfig ? 'Your cluster' : 'A Kubernetes control plane on this machine')
    const operatorBundle = await narrator.watch('the operator is bundled to one file', bundle())
    await using stage = await stageFor(operatorBundle)
    await using operator = await OperatorProcess.start({
      bundle: operatorBundle,
      ...stage.operator,
    })
    await narrator.watch('the operator runs and its caches are in step', operator.ready())
    await play(stage, narrator)
    narrator.say('', 'Everything came true.')
    if (options.keep) await keep(stage.kubeconfig, stage.namespace)
  } catch (error) {
    narrator.say('', `The demo failed: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}

function stageFor(operatorBundle: string): Promise<Stage> {
  if (options.kubeconfig) return givenStage(options.kubeconfig, narrator)
  return options.mesh ? meshStage(operatorBundle, narrator) : ownStage(operatorBundle, narrator)
}

/** Leaves cluster and operator up until Ctrl-C. */
async function keep(kubeconfig: string, namespace: string): Promise<void> {
  narrator.say(
    'Cluster and operator stay up. In another terminal:',
    '',
    ...(options.mesh
      ? [`  nsenter -t ${process.pid} --user --preserve-credentials --net   # the mesh has a network of its own`]
      : []),
    `  export KUBECONFIG=${kubeconfig}`,
    `  kubectl -n ${namespace} get exposedapis,virtualservices,servicemonitors`,
    '',
    'Ctrl-C ends everything.',
  )
  const { promise, resolve } = Promise.withResolvers<void>()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  await promise
}
