/**
 * The parent of one control plane: a process of its own, so that it outlives whoever started the test bed.
 *
 * It learns of its parent's death, even by SIGKILL, because the channel between them closes. Then it kills the parts and removes the
 * folder. When it is killed itself, the parts end by the lifeline: a pipe that only this process holds open. Binaries that were not
 * built from testbed/go do not watch the lifeline; of them a SIGKILL of this process leaves orphans.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { logFile } from './layout.ts'
import { LIFELINE, type Order, type Report } from './supervisor-protocol.ts'

/** After this long a part that was asked to end is killed. */
const PATIENCE_MS = 15_000

const [directory = '', keep = ''] = process.argv.slice(2)
const children = new Map<string, ChildProcess>()

process.on('message', (order: Order) => {
  carryOut(order).then(
    () => report({ about: 'order', id: order.id }),
    (error: unknown) => report({ about: 'order', id: order.id, error: textOf(error) }),
  )
})
process.on('disconnect', end)
process.on('SIGTERM', end)
if (!process.connected) end()

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

async function carryOut(order: Order): Promise<void> {
  if (order.do === 'start') return start(order)
  if (order.do === 'stop') return stop(order.part, order.signal)
  if (!children.get(order.part)?.kill(order.signal)) throw new Error(`${order.part} is not running`)
}

async function start({ part, command }: Order & { do: 'start' }): Promise<void> {
  if (children.has(part)) throw new Error(`${part} is already running`)
  const log = openSync(logFile(directory, part), 'a')
  // A bare environment: variables such as ETCD_NAME or HTTPS_PROXY would change what the parts do.
  const { PATH, HOME, TMPDIR } = process.env
  const env = { PATH, HOME, TMPDIR, ...command.env, ...LIFELINE }
  const child = spawn(command.file, command.args, { cwd: directory, env, stdio: ['ignore', log, log, 'pipe'] })
  closeSync(log)
  children.set(part, child)
  child.on('error', () => children.delete(part)) // it never came into being; `once` below reports it
  child.on('exit', (code, signal) => {
    children.delete(part)
    report({ about: 'exit', part, how: signal ?? `exit code ${code}` })
  })
  await once(child, 'spawn')
}

async function stop(part: string, signal: NodeJS.Signals): Promise<void> {
  const child = children.get(part)
  if (!child) return
  const killer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
  clearTimeout(killer)
}

function end(): void {
  cleanUp().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
}

async function cleanUp(): Promise<void> {
  await Promise.all([...children.keys()].map((part) => stop(part, 'SIGKILL')))
  if (keep !== 'keep') await rm(directory, { recursive: true, force: true })
}

function report(message: Report): void {
  // The parent may vanish at any time; `disconnect` deals with that.
  if (process.connected) process.send?.(message, () => undefined)
}
