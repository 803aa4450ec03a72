/** One Canvas and one operator for all tests of a file: a control plane costs seconds, a namespace costs nothing. */
import { type Api, type Canvas, type CanvasOptions, namespace, type OperatorProcess } from '@exposedapi/testbed/canvas'
import { afterAll, beforeAll } from 'vitest'
import { canvasForOperator, launchOperator } from './operator.ts'

/** Namespaces that the operator of a test serves. */
export const SERVED = 'components,t-*'

/** What a file's tests stand on; usable inside of tests and hooks only. */
export interface Stage {
  readonly canvas: Canvas
  readonly api: Api
  readonly operator: OperatorProcess
  /** A fresh namespace that the operator serves. */
  namespace(): Promise<string>
  /** Starts an operator of the same kind, or another one if it is told so, and makes it the stage's. */
  start(environment?: Readonly<Record<string, string>>): Promise<OperatorProcess>
}

/** How to set it. */
export interface StageOptions extends CanvasOptions {
  readonly environment?: Readonly<Record<string, string>>
  /** Let the tests start the operator. Default false. */
  readonly withoutOperator?: boolean
}

/** Registers the hooks that start and end everything. */
export function stage({ environment = {}, withoutOperator = false, ...options }: StageOptions = {}): Stage {
  const running = new Set<OperatorProcess>()
  let canvas: Canvas | undefined
  let operator: OperatorProcess | undefined
  let namespaces = 0

  const set: Stage = {
    get canvas() {
      if (!canvas) throw new Error('the stage is not set: use it inside of tests')
      return canvas
    },
    get api() {
      return set.canvas.api
    },
    get operator() {
      if (!operator) throw new Error('no operator was started')
      return operator
    },
    async namespace() {
      namespaces += 1
      const name = `t-${namespaces}`
      await set.api.apply(namespace(name))
      return name
    },
    async start(changes = {}) {
      operator = await launchOperator(set.canvas, { COMPONENT_NAMESPACE: SERVED, ...environment, ...changes })
      running.add(operator)
      await operator.ready()
      return operator
    },
  }
  beforeAll(async () => {
    canvas = await canvasForOperator(options)
    if (!withoutOperator) await set.start()
  })
  afterAll(async () => {
    for (const process of running) await process.kill()
    await canvas?.[Symbol.asyncDispose]()
  })
  return set
}
