/** Files that are made once per machine: a build or a download, kept outside of `node_modules`, which `npm ci` empties. */
import { randomUUID } from 'node:crypto'
import { access, mkdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Progress } from '../processes/part.ts'
import { withLock } from './build-lock.ts'

const PROGRESS_MS = 5_000

/** What to keep, and how to make it. */
export interface CachedFile {
  readonly name: string
  /** Hash of all that the file is made from. */
  readonly key: string
  /** What a progress line says, such as `building istiod`. */
  readonly doing: string
  /** Makes the file at this path. */
  make(path: string): Promise<void>
}

/** Path of the file, which is made unless it is there. Processes that want the same file at once wait for one of them. */
export async function cachedFile(
  { name, key, doing, make }: CachedFile,
  progress: Progress,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const folder = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'exposedapi-testbed', key)
  const file = join(folder, name)
  if (await exists(file)) return file
  await mkdir(folder, { recursive: true })
  const say = stopwatch(progress)
  const work = async (): Promise<void> => {
    if (await exists(file)) return // somebody else made it while we waited
    const building = () => say(`${doing} …`, '(once; cached afterwards)')
    const clock = setInterval(building, PROGRESS_MS)
    building()
    await makeWhole(file, make).finally(() => clearInterval(clock))
    say(`${doing}: done in`)
  }
  let last = 0
  await withLock(`${file}.lock`, work, () => {
    if (Date.now() - last < PROGRESS_MS) return
    last = Date.now()
    say(`another process is ${doing} …`)
  })
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

function stopwatch(progress: Progress) {
  const begin = Date.now()
  return (what: string, note = '') =>
    progress(`mesh: ${what} ${Math.round((Date.now() - begin) / 1000)}s ${note}`.trimEnd())
}
