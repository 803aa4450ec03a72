/** Who is measured, and how it is started. */

import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { NODE_ENVIRONMENT, NODE_FLAGS } from '@exposedapi/operator/bundle'
import { start } from '../lab/children.ts'
import type { Lab } from '../lab/lab.ts'
import type { SubjectName } from '../options.ts'

/** An operator under test. */
export interface Subject {
  readonly name: SubjectName
  /** Program and arguments on a control plane. */
  command(kubeconfig: string): readonly [file: string, ...args: string[]]
  /** Variables it runs with. */
  environment(kubeconfig: string): Promise<NodeJS.ProcessEnv>
}

/** The Go operator as it comes: its defaults are what the bench tool expects. */
export function goOperator(binary: string): Subject {
  return {
    name: 'go',
    command: () => [binary],
    environment: (kubeconfig) => Promise.resolve({ PATH: process.env.PATH, KUBECONFIG: kubeconfig }),
  }
}

/** How ours is run. */
export interface OurOptions {
  readonly name: SubjectName
  readonly bundle: string
  readonly nodeFlags: readonly string[]
  /** Folder for CPU profiles. Default: none are taken. */
  readonly profiles?: string
}

/** Our bundle, without the debounce that the Go operator lacks too, and as silent as that. */
export function ourOperator({ name, bundle, nodeFlags, profiles }: OurOptions): Subject {
  const profiler = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`]
  return {
    name,
    command: (kubeconfig) => [
      process.execPath,
      ...NODE_FLAGS,
      ...nodeFlags,
      ...profiler,
      bundle,
      'run',
      '--standalone',
      '--kubeconfig',
      kubeconfig,
    ],
    environment: async () => ({
      ...NODE_ENVIRONMENT,
      PATH: process.env.PATH,
      LOGGING: '30',
      READINESS_DEBOUNCE_MS: '0',
      COMPONENT_NAMESPACE: 'components,odacompns-*',
      APIOPERATORISTIO_COMPONENTGATEWAY: 'canvas/component-gateway',
      HTTP_PORT: String(await freePort()),
    }),
  }
}

/** Starts a subject on a control plane; resolves when its process exists. Its output goes to a file there. */
export async function startSubject(subject: Subject, lab: Lab): Promise<ChildProcess> {
  const [file, ...args] = subject.command(lab.kubeconfig)
  const log = openSync(join(lab.directory, 'subject.log'), 'a')
  const env = await subject.environment(lab.kubeconfig)
  const child = await start(file, args, { env, stdio: ['ignore', log, log] })
  closeSync(log)
  return child
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}
