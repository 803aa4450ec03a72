/** Files that are made once per machine: a build or a download, kept outside of `node_modules`, which `npm ci` empties. */
import { randomUUID } from 'node:crypto'
import { access, mkdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Progress } from '../processes/progress.ts'
import { withLock } from './build-lock.ts'

/** What to keep, and how to make it. */
export interface CachedFile {
  readonly name: string
  /** The folder it is kept in, named by a hash of all that the file is made from. */
  readonly key: string
  /** The file in words, such as `istiod`. */
  readonly what: string
  readonly how: keyof typeof WORDS
  /** Makes the file at this path. */
  make(path: string): Promise<void>
}

const WORDS = {
  build: { doing: 'building', done: 'built' },
  download: { doing: 'downloading', done: 'downloaded' },
} as const

/** Where such files are kept. Any of them may be deleted at any time. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'exposedapi-testbed')
}

/** Path of the file, which is made unless it is there. Processes that want the same file at once wait for one of them. */
export async function cachedFile(
  { name, key, what, how, make }: CachedFile,
  progress: Progress,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const folder = join(cacheFolder(env), key)
  const file = join(folder, name)
  if (await exists(file)) return file
  await mkdir(folder, { recursive: true })
  const { doing, done } = WORDS[how]
  const task = { doing: `${doing} ${what} (once; cached afterwards)`, done: `${done} ${what}` }
  const waiting = { doing: `waiting for another process that is ${doing} ${what}` }
  const work = async (): Promise<void> => {
    if (await exists(file)) return // somebody else made it while we waited
    await progress(task, () => makeWhole(file, make))
  }
  await withLock(`${file}.lock`, work, (wait) => progress(waiting, wait))
  return file
}

/** Makes it beside the target and renames: nobody ever sees, or starts, half a file. */
async function makeWhole(file: string, make: CachedFile['make']): Promise<void> {
  const unfinished = `${file}.${randomUUID()}.tmp`
  try {
    await make(unfinished)
    await rename(unfinished, file)
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
