import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { binaries, progressTo, request, startTestbed } from '../index.ts'
import { until } from './until.ts'

beforeAll(async () => {
  await binaries(progressTo(process.stderr))
})

const run = promisify(execFile)
const CLI = join(import.meta.dirname, '..', 'cli.ts')

/** The processes whose command line names the folder: the supervisor and all parts. */
async function processesOf(directory: string): Promise<{ pid: number; line: string }[]> {
  const { stdout } = await run('ps', ['-A', '-ww', '-o', 'pid=,args='])
  const lines = stdout.split('\n').filter((line) => line.includes(directory))
  return lines.map((line) => ({ pid: Number.parseInt(line, 10), line }))
}

function vanished(directory: string): Promise<true> {
  return until(`${directory} and its processes to be gone`, async () => {
    const left = await processesOf(directory)
    const exists = await access(directory).then(
      () => true,
      () => false,
    )
    return left.length === 0 && !exists
  })
}

/** Runs the command line until it says that it is ready. */
async function started() {
  const child = spawn(process.execPath, [CLI], { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: child.stdout })) {
    const directory = /logs in (.*)$/.exec(line)?.[1]
    if (directory !== undefined) return { child, directory }
  }
  throw new Error('the command line ended before it was ready')
}

test('two run side by side and know nothing of each other', async () => {
  await using first = await startTestbed()
  await using second = await startTestbed()
  expect(first.server).not.toBe(second.server)
  const path = '/api/v1/namespaces'
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'only-here' } }
  expect(await request(first.admin, { method: 'POST', path, body })).toMatchObject({ status: 201 })
  expect(await request(second.admin, { path: `${path}/only-here` })).toMatchObject({ status: 404 })
  await expect(request({ ...second.admin, server: first.server }, { path })).rejects.toThrow() // another certificate
})

test('disposing leaves nothing', async () => {
  const testbed = await startTestbed()
  expect(await processesOf(testbed.directory)).toHaveLength(4)
  await testbed[Symbol.asyncDispose]()
  expect(await processesOf(testbed.directory)).toEqual([])
  await expect(access(testbed.directory)).rejects.toThrow('ENOENT')
  await testbed[Symbol.asyncDispose]() // twice is fine
})

test('when its owner is killed nothing is left', async () => {
  const { child, directory } = await started()
  expect(await processesOf(directory)).toHaveLength(4)
  child.kill('SIGKILL')
  await vanished(directory)
})

test('Ctrl-C ends the command line, which leaves nothing', async () => {
  const { child, directory } = await started()
  const ended = once(child, 'exit')
  child.kill('SIGINT')
  expect(await ended).toEqual([0, null])
  expect(await processesOf(directory)).toEqual([])
  await expect(access(directory)).rejects.toThrow('ENOENT')
})

test('when the supervisor is killed the parts end, and disposing removes the folder', async () => {
  await using testbed = await startTestbed()
  const supervisor = (await processesOf(testbed.directory)).find(({ line }) => line.includes('supervisor.ts'))
  process.kill(supervisor?.pid ?? Number.NaN, 'SIGKILL')
  await until('the last process to end', async () => (await processesOf(testbed.directory)).length === 0)
  await expect(testbed.stop('etcd')).rejects.toThrow()
  await testbed[Symbol.asyncDispose]()
  await vanished(testbed.directory)
})

test('a test bed that nobody ends does not keep its process alive', async () => {
  const script = `const { startTestbed } = await import(${JSON.stringify(join(import.meta.dirname, '..', 'index.ts'))})
    console.log((await startTestbed()).directory)`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { timeout: 40_000 })
  await vanished(stdout.trim())
})

test('a part that cannot start is an error that shows its log', async () => {
  await expect(startTestbed({ apiServerFlags: ['--no-such-flag'] })).rejects.toThrow(
    /kube-apiserver ended \(exit code 1\):[\s\S]*no-such-flag/,
  )
})
