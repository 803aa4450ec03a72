/**
 * The processes of a run. Each leads a process group of its own, so that ending it also ends what it started, and a Ctrl-C
 * reaches us alone.
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'

/** After this long a process that was asked to end is killed. */
const PATIENCE_MS = 20_000

const living = new Set<ChildProcess>()

/** Starts a process; resolves when it exists. */
export async function start(file: string, args: readonly string[], options: SpawnOptions): Promise<ChildProcess> {
  const child = spawn(file, args, { ...options, detached: true })
  living.add(child)
  child.once('exit', () => living.delete(child))
  await once(child, 'spawn')
  return child
}

/** Asks a process to end, kills it if it does not, and resolves when it is gone. */
export async function stop(child: ChildProcess): Promise<void> {
  if (!isAlive(child)) return
  const killer = setTimeout(() => signal(child, 'SIGKILL'), PATIENCE_MS)
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
  clearTimeout(killer)
}

/** Does it run? */
export function isAlive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null
}

/** Kills everything that was started here. For the end of a run that fails or is interrupted. */
export function killAll(): void {
  for (const child of living) signal(child, 'SIGKILL')
}

function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, name)
  } catch {
    // It has just ended by itself.
  }
}
