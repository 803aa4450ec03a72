/** The walls of the house: dependencies point one way, and the linter says so when one does not. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

const ROOT = new URL('..', import.meta.url).pathname

const FORBIDDEN = [
  { from: 'packages/core/src', imports: '@exposedapi/kube', because: 'core decides and does no I/O' },
  { from: 'packages/core/src', imports: 'node:fs', because: 'core is pure' },
  { from: 'packages/core/src/decide', imports: 'tsyringe', because: 'the container is in apps/operator alone' },
  { from: 'packages/kube/src', imports: '@exposedapi/core', because: 'the engine knows nothing of ExposedAPI' },
  { from: 'packages/controller/src', imports: '@exposedapi/adapter-istio', because: 'the controller names no product' },
  { from: 'packages/controller/src', imports: 'node:https', because: 'I/O belongs to kube' },
  { from: 'packages/adapter-istio/src', imports: '@exposedapi/kube', because: 'an adapter renders and never writes' },
  {
    from: 'packages/adapter-istio/src',
    imports: '@exposedapi/metrics-annotations',
    because: 'adapters do not know each other',
  },
  { from: 'packages/metrics-annotations/src', imports: '@exposedapi/controller', because: 'adapters import core only' },
  { from: 'packages/metrics-servicemonitor/src', imports: 'node:process', because: 'an adapter reads no environment' },
]

const ALLOWED = [
  { from: 'packages/core/src', imports: 'zod' },
  { from: 'packages/controller/src', imports: '@exposedapi/core' },
  { from: 'packages/controller/src', imports: '@exposedapi/kube' },
  { from: 'packages/adapter-istio/src', imports: '@exposedapi/core' },
  { from: 'apps/operator/src', imports: '@exposedapi/adapter-istio' },
]

/** A tree of the same shape, under the same rules, with one file for each import. */
let tree: string
let complaints: string

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'exposedapi-walls-'))
  copyFileSync(`${ROOT}biome.json`, join(tree, 'biome.json'))
  for (const violation of [...FORBIDDEN, ...ALLOWED]) {
    const file = join(tree, fileOf(violation))
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `export * from '${violation.imports}'\n`)
  }
  const args = [
    'lint',
    '--vcs-enabled=false',
    '--colors=off',
    '--max-diagnostics=none',
    '--only=style/noRestrictedImports',
    '.',
  ]
  const { stdout, stderr } = spawnSync('biome', args, { cwd: tree, encoding: 'utf8' })
  complaints = stdout + stderr
})

afterAll(() => rmSync(tree, { recursive: true }))

function fileOf({ from, imports }: { readonly from: string; readonly imports: string }): string {
  return `${from}/imports-${imports.replace(/[^a-z]/g, '-')}.ts`
}

it.each(FORBIDDEN)('$from must not import $imports: $because', (violation) => {
  expect(complaints).toContain(`${fileOf(violation)}:1:`)
})

it.each(ALLOWED)('$from may import $imports', (use) => {
  expect(complaints).not.toContain(`${fileOf(use)}:1:`)
})

it('says in every package.json the same as the imports may do', () => {
  const allowed: Readonly<Record<string, readonly string[]>> = {
    objects: [],
    core: ['objects'],
    kube: ['objects'],
    controller: ['core', 'kube', 'objects'],
    'adapter-istio': ['core'],
    'metrics-servicemonitor': ['core'],
    'metrics-annotations': ['core'],
  }
  for (const [name, others] of Object.entries(allowed)) {
    const { dependencies = {} } = JSON.parse(readFileSync(`${ROOT}packages/${name}/package.json`, 'utf8')) as {
      dependencies?: object
    }
    const ours = Object.keys(dependencies).filter((dependency) => dependency.startsWith('@exposedapi/'))
    expect(ours, name).toEqual(others.map((other) => `@exposedapi/${other}`))
  }
})
