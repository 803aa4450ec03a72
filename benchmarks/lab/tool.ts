/** Runs the bench tool of the peers: it loads, watches, decides what is correct, and prints one JSON line. */
import { text } from 'node:stream/consumers'
import type { Json } from '../record.ts'
import { start } from './children.ts'

/** How to run one command of it. */
export interface ToolCall {
  readonly command: string
  readonly kubeconfig: string
  readonly flags?: readonly string[]
  /** Processes to account for. */
  readonly processes?: Readonly<Record<string, number>>
  /** Environment of a subject that the tool starts itself. */
  readonly environment?: NodeJS.ProcessEnv
}

/** Resolves with the line it prints, also when that tells of an error. Rejects when it prints none. */
export async function bench(tool: string, call: ToolCall): Promise<Json> {
  const processes = Object.entries(call.processes ?? {}).flatMap(([name, pid]) => ['-proc', `${name}=${pid}`])
  const args = [call.command, '-kubeconfig', call.kubeconfig, ...(call.flags ?? []), ...processes]
  const env = { ...(call.environment ?? process.env), KUBECONFIG: call.kubeconfig }
  const child = await start(tool, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  if (!child.stdout || !child.stderr) throw new Error('bench: no pipes to the tool')
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
  const line = out.trim().split('\n').at(-1) ?? ''
  if (!line.startsWith('{')) throw new Error(`bench ${args.join(' ')} failed: ${errors.slice(-2000)}`)
  return JSON.parse(line) as Json
}
