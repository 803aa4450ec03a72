/** The operator under test: its bundle, its role, and the environment that most tests run it with. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { bundle } from '@exposedapi/operator/bundle'
import { progressTo } from '@exposedapi/testbed'
import {
  type Canvas,
  type CanvasOptions,
  type Manifest,
  OperatorProcess,
  startCanvas,
} from '@exposedapi/testbed/canvas'
import { parse } from 'yaml'

/** The gateway of the Canvas chart, as the umbrella configures it. */
const ENVIRONMENT = { APIOPERATORISTIO_COMPONENTGATEWAY: 'canvas/component-gateway' }

/** A right for each metrics mode: a test may start the operator in any of them. */
const ALL_MODES = { RETIRED: 'ServiceMonitor,PrometheusAnnotation,DataDogAnnotation' }

let bundled: Promise<string> | undefined

/** Path of the bundle, built once per test process. */
export function operatorBundle(): Promise<string> {
  bundled ??= bundle()
  return bundled
}

/** The ClusterRole that the operator asks for, under an environment. */
export async function operatorRole(environment: Readonly<Record<string, string>> = {}): Promise<Manifest> {
  const env = { PATH: process.env.PATH, ...ENVIRONMENT, ...environment }
  const { stdout } = await promisify(execFile)(process.execPath, [await operatorBundle(), 'rbac'], { env })
  return parse(stdout)
}

/** A Canvas whose operator may do what `exposedapi rbac` says and no more. */
export async function canvasForOperator(options: CanvasOptions = {}): Promise<Canvas> {
  return startCanvas({ role: await operatorRole(ALL_MODES), progress: progressTo(process.stderr), ...options })
}

/** Starts the operator on a Canvas and resolves when its caches are in step. */
export async function runOperator(
  canvas: Canvas,
  environment: Readonly<Record<string, string>> = {},
): Promise<OperatorProcess> {
  const operator = await launchOperator(canvas, environment)
  await operator.ready()
  return operator
}

/** The same without waiting. */
export async function launchOperator(
  canvas: Canvas,
  environment: Readonly<Record<string, string>> = {},
): Promise<OperatorProcess> {
  const options = { bundle: await operatorBundle(), kubeconfig: canvas.operatorKubeconfig }
  return OperatorProcess.start({ ...options, environment: { ...ENVIRONMENT, ...environment } })
}
