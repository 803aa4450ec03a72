import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Progress, Task } from '../processes/progress.ts'
import { binaries } from './binaries.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'testbed-binaries-'))
})
afterEach(async () => rm(folder, { recursive: true }))

async function program(name: string, script = '#!/bin/sh\n'): Promise<void> {
  await writeFile(join(folder, name), script)
  await chmod(join(folder, name), 0o755)
}

test('KUBEBUILDER_ASSETS without etcd is an error that names the file', async () => {
  await expect(binaries(undefined, { KUBEBUILDER_ASSETS: folder })).rejects.toThrow(join(folder, 'etcd'))
})

test('KUBEBUILDER_ASSETS without kube-apiserver is an error that names the file', async () => {
  await program('etcd')
  await expect(binaries(undefined, { KUBEBUILDER_ASSETS: folder })).rejects.toThrow(join(folder, 'kube-apiserver'))
})

test('KUBEBUILDER_ASSETS may lack kube-controller-manager', async () => {
  await program('etcd')
  await program('kube-apiserver')
  const found = await binaries(undefined, { KUBEBUILDER_ASSETS: folder })
  expect(found.etcd).toEqual({ file: join(folder, 'etcd'), args: [] })
  expect(found['kube-controller-manager']).toBeUndefined()
})

test('without Go the error names the ways out', async () => {
  await expect(binaries(undefined, { PATH: folder })).rejects.toThrow(
    /needs Go 1\.26 or newer.*found: none.*KUBEBUILDER_ASSETS.*kubeconfig/,
  )
})

test('an old Go is refused by name', async () => {
  await program('go', '#!/bin/sh\necho go version go1.21.3 linux/amd64\n')
  await expect(binaries(undefined, { PATH: folder })).rejects.toThrow(/needs Go 1\.26 or newer.*go1\.21\.3/)
})

test('a failed build is an error that shows what the compiler said and leaves no file behind', async () => {
  await program(
    'go',
    '#!/bin/sh\n[ "$1" = version ] && echo go version go1.99.0 x && exit\necho no space left >&2; exit 1\n',
  )
  const building = binaries(undefined, { PATH: `${folder}:/bin:/usr/bin`, XDG_CACHE_HOME: folder })
  await expect(building).rejects.toMatchObject({ cause: { message: expect.stringContaining('no space left') } })
})

test('a build happens once and reports its progress', async () => {
  const script = `#!/bin/sh
if [ "$1" = version ]; then echo go version go1.99.0 x; exit; fi
echo built >> ${folder}/builds
while [ "$1" != -o ]; do shift; done
echo binary > "$2"
`
  await program('go', script)
  const env = { PATH: `${folder}:/bin:/usr/bin`, XDG_CACHE_HOME: folder }
  const told: Task[] = []
  const progress: Progress = (task, work) => {
    told.push(task)
    return work()
  }
  const both = await Promise.all([binaries(progress, env), binaries(progress, env)])
  const again = await binaries(undefined, env)

  expect(both.map(({ etcd }) => etcd.file)).toEqual([again.etcd.file, again.etcd.file])
  expect(again.etcd.file.startsWith(join(folder, 'exposedapi-testbed'))).toBe(true)
  expect(again.etcd.args).toEqual(['etcd'])
  const parts = 'etcd, kube-apiserver and kube-controller-manager'
  // The other one waits, unless it comes so late that everything is there.
  const builds = told.filter(({ doing }) => !doing.startsWith(`waiting for another process that is building ${parts}`))
  expect(builds).toEqual([
    {
      doing: expect.stringMatching(`^building ${parts} [0-9.]+ `),
      done: expect.stringMatching(`^built ${parts} [0-9.]+$`),
    },
  ])
  expect(await readFile(join(folder, 'builds'), 'utf8')).toBe('built\n')
})
