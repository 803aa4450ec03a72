/** The walls of the house: dependencies point one way, and the linter says so when one does not. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const ROOT = new URL('..', import.meta.url).pathname

/** Whether the linter refuses a file of one line, had it that path. From standard input it gives no reasons, only a status. */
function isRefused(path: string, line: string): boolean {
  const { status } = spawnSync('biome', ['lint', `--stdin-file-path=${path}`], { cwd: ROOT, input: `${line}\n` })
  return status !== 0
}

it.each([
  { path: 'packages/core/src/x.ts', imports: '@exposedapi/kube', because: 'core decides and does no I/O' },
  { path: 'packages/core/src/x.ts', imports: 'node:fs', because: 'core is pure' },
  { path: 'packages/core/src/decide/x.ts', imports: 'tsyringe', because: 'the container is in apps/operator alone' },
  { path: 'packages/kube/src/x.ts', imports: '@exposedapi/core', because: 'the engine knows nothing of ExposedAPI' },
  { path: 'packages/controller/src/x.ts', imports: '@exposedapi/adapter-istio', because: 'the controller names no product' },
  { path: 'packages/controller/src/x.ts', imports: 'node:https', because: 'I/O belongs to kube' },
  { path: 'packages/adapter-istio/src/x.ts', imports: '@exposedapi/kube', because: 'an adapter renders and never writes' },
  { path: 'packages/adapter-istio/src/x.ts', imports: '@exposedapi/metrics-annotations', because: 'adapters do not know each other' },
  { path: 'packages/metrics-annotations/src/x.ts', imports: '@exposedapi/controller', because: 'adapters import core only' },
  { path: 'packages/metrics-servicemonitor/src/x.ts', imports: 'node:process', because: 'an adapter reads no environment' },
])('$path must not import $imports: $because', ({ path, imports }) => {
  expect(isRefused(path, `import '${imports}'`)).toBe(true)
})

it.each([
  { path: 'packages/core/src/x.ts', imports: 'zod' },
  { path: 'packages/controller/src/x.ts', imports: '@exposedapi/core' },
  { path: 'packages/controller/src/x.ts', imports: '@exposedapi/kube' },
  { path: 'packages/adapter-istio/src/x.ts', imports: '@exposedapi/core' },
  { path: 'apps/operator/src/x.ts', imports: '@exposedapi/adapter-istio' },
])('$path may import $imports', ({ path, imports }) => {
  expect(isRefused(path, `import '${imports}'`)).toBe(false)
})

it('says in every package.json the same as the imports may do', () => {
  const allowed: Readonly<Record<string, readonly string[]>> = {
    core: [],
    kube: [],
    controller: ['core', 'kube'],
    'adapter-istio': ['core'],
    'metrics-servicemonitor': ['core'],
    'metrics-annotations': ['core'],
  }
  for (const [name, others] of Object.entries(allowed)) {
    const { dependencies = {} } = JSON.parse(readFileSync(`${ROOT}packages/${name}/package.json`, 'utf8')) as { dependencies?: object }
    const ours = Object.keys(dependencies).filter((dependency) => dependency.startsWith('@exposedapi/'))
    expect(ours, name).toEqual(others.map((other) => `@exposedapi/${other}`))
  }
})
