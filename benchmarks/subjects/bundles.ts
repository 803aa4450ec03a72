/** Our bundles, as they are measured: copies, since somebody may build another while we measure. */
import { createHash } from 'node:crypto'
import { copyFile, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { bundle } from '@exposedapi/operator/bundle'
import { type Options, PAIR, type SubjectName } from '../options.ts'
import { readableBundle } from '../profile/readable-bundle.ts'
import type { Entry } from '../record.ts'

/** One bundle of ours. */
export interface OurBundle {
  readonly name: SubjectName
  /** Where it comes from. */
  readonly origin: string
  /** The copy, which is what runs. */
  readonly file: string
}

/** The bundles that the options name, else a fresh one. The copies go into a folder. */
export async function ourBundles({ bundles, profile }: Options, folder: string): Promise<readonly OurBundle[]> {
  if (profile) {
    const file = join(folder, 'ours.cjs')
    await readableBundle(file)
    return [{ name: 'ours', origin: file, file }]
  }
  const names = bundles.length === 2 ? PAIR : (['ours'] as const)
  const origins = bundles.length === 0 ? [await bundle()] : bundles.map((file) => resolve(file))
  return Promise.all(
    names.map(async (name, index) => {
      const [origin = '', file] = [origins[index], join(folder, `${name}.cjs`)]
      await copyFile(origin, file)
      return { name, origin, file }
    }),
  )
}

/** What the results file says about a bundle: a path may hold another one tomorrow. */
export async function bundleEntry({ name, origin, file }: OurBundle): Promise<Entry> {
  const sha256 = createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
    .slice(0, 16)
  return { job: 'bundle', step: 'origin', subject: name, n: 0, run: 0, result: { path: origin, sha256 } }
}
