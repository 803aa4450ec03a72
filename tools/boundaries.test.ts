/** The walls of the house: arrows point one way, nothing grows too large, and `npm run structure` says so when one does. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { WALLS } from './structure/rooms.ts'

const ROOT = new URL('..', import.meta.url).pathname

interface Use {
  readonly from: string
  readonly imports: string
  /** Of a test. */
  readonly inTest?: boolean
}

const FORBIDDEN: readonly (Use & { readonly because: string })[] = [
  { from: 'packages/objects/src', imports: '@exposedapi/core', because: 'objects is the ground' },
  { from: 'packages/core/src', imports: '@exposedapi/kube', because: 'core decides and does no I/O' },
  { from: 'packages/core/src', imports: 'node:fs', because: 'core is pure' },
  { from: 'packages/core/src', imports: 'vitest', because: 'what ships must not need what tests' },
  { from: 'packages/core/src/testing', imports: 'vitest', because: 'what tests stand on runs on any runner' },
  { from: 'packages/core/src/conformance', imports: 'vitest', because: 'the suite runs on any runner' },
  { from: 'packages/core/src', imports: './conformance/x.ts', because: 'the suite is for tests' },
  { from: 'packages/core/src/testing', imports: '../conformance/x.ts', because: 'the suite stands on it' },
  { from: 'packages/core/src/decide', imports: 'tsyringe', because: 'the container is in apps/operator alone' },
  { from: 'packages/core/src/testing', imports: '@exposedapi/kube', because: 'core stands on objects, its tests too' },
  { from: 'packages/kube/src', imports: '@exposedapi/core', because: 'the engine knows nothing of ExposedAPI' },
  { from: 'packages/kube/src', imports: 'zod', because: 'the engine reads no model' },
  { from: 'packages/kube/src/testing', imports: 'tsyringe', because: 'the container is in apps/operator alone' },
  { from: 'packages/controller/src', imports: '@exposedapi/adapter-istio', because: 'the controller names no product' },
  { from: 'packages/controller/src', imports: 'node:https', because: 'I/O belongs to kube' },
  { from: 'packages/adapter-istio/src', imports: '@exposedapi/kube', because: 'an adapter renders and never writes' },
  {
    from: 'packages/adapter-istio/src',
    imports: '@exposedapi/metrics-annotations',
    because: 'adapters do not know each other',
  },
  { from: 'packages/adapter-istio/src', imports: '@exposedapi/core/testing', because: 'it is for tests' },
  {
    from: 'packages/adapter-istio/src',
    imports: '@exposedapi/kube',
    inTest: true,
    because: 'its tests render as well',
  },
  { from: 'packages/metrics-annotations/src', imports: '@exposedapi/controller', because: 'adapters import core only' },
  { from: 'packages/metrics-servicemonitor/src', imports: 'node:process', because: 'an adapter reads no environment' },
  { from: 'apps/operator/src', imports: '@exposedapi/testbed', because: 'an operator needs no cluster of its own' },
  { from: 'testbed/src', imports: '@exposedapi/operator', because: 'the test bed does not know what runs on it' },

  { from: 'packages/kube/src/runtime', imports: '../client/x.ts', because: 'what is injected stands below the client' },
  { from: 'packages/kube/src/cache', imports: '../watch/x.ts', because: 'the cache does no I/O' },
  { from: 'packages/kube/src/queue', imports: '../events/x.ts', because: 'they do not know each other' },
  { from: 'packages/kube/src/watch', imports: '../kinds/x.ts', because: 'a kind has watches, not the reverse' },
  { from: 'packages/kube/src/kinds', imports: '../cluster.ts', because: 'the cluster is made of kinds' },
  { from: 'packages/kube/src/write', imports: '../testing/x.ts', because: 'testing is for tests' },
  { from: 'packages/kube/src/utils', imports: '../objects/x.ts', because: 'a new room needs a place in the order' },
  { from: 'packages/kube/src', imports: '../test/x.ts', because: 'src stands below what tests it' },
  { from: 'packages/core/src/cluster', imports: '../findings/x.ts', because: 'the view knows no verdict' },
  { from: 'packages/core/src/policies', imports: '../model/x.ts', because: 'a policy knows its own field alone' },
  { from: 'packages/core/src/adapters', imports: '../decide/x.ts', because: 'contracts stand below decisions' },
  { from: 'packages/core/src/testing', imports: '../index.ts', because: 'it needs no more than it names' },
  { from: 'packages/adapter-istio/src/objects', imports: '../options.ts', because: 'what Istio has, whatever we want' },
  { from: 'packages/adapter-istio/src/address', imports: '../conflicts/x.ts', because: 'an address does not compete' },
  { from: 'packages/adapter-istio/src/policies', imports: '../gateway.ts', because: 'the gateway is made of policies' },
  { from: 'packages/controller/src', imports: './testing/x.ts', because: 'testing is for tests' },
  { from: 'testbed/src/build', imports: '../canvas/x.ts', because: 'what is built knows no Canvas' },

  { from: 'tests/support', imports: '../../apps/operator/bundle.ts', because: 'it is a side door' },
  { from: 'tests/mesh', imports: '../../testbed/src/mesh/x.ts', inTest: true, because: 'it is a side door' },
  { from: 'packages/controller/src', imports: '../../core/src/index.ts', because: 'no package is next door' },
]

const ALLOWED: readonly Use[] = [
  { from: 'packages/core/src', imports: 'zod' },
  { from: 'packages/core/src', imports: 'node:fs', inTest: true },
  { from: 'packages/core/src/testing', imports: '../decide/x.ts' },
  { from: 'packages/core/src/conformance', imports: '../testing/x.ts' },
  { from: 'packages/core/src/conformance/gateway', imports: '../common/x.ts' },
  { from: 'packages/core/scripts', imports: 'node:fs' },
  { from: 'packages/core/scripts', imports: '../src/crd/x.ts' },
  { from: 'packages/kube/src', imports: '@kubernetes/client-node' },
  { from: 'packages/kube/src', imports: 'node:https' },
  { from: 'packages/kube/src', imports: './write/x.ts' },
  { from: 'packages/kube/src', imports: './testing/x.ts', inTest: true },
  { from: 'packages/kube/src/write', imports: '../kinds/x.ts' },
  { from: 'packages/kube/src/testing', imports: '../cluster.ts' },
  { from: 'packages/kube/src/testing', imports: './x.ts' },
  { from: 'packages/controller/src', imports: '@exposedapi/core' },
  { from: 'packages/controller/src', imports: '@exposedapi/kube' },
  { from: 'packages/adapter-istio/src', imports: '@exposedapi/core' },
  { from: 'packages/adapter-istio/src', imports: '@exposedapi/core/testing', inTest: true },
  { from: 'packages/adapter-istio/src', imports: '@exposedapi/core/conformance', inTest: true },
  { from: 'packages/adapter-istio/src/policies', imports: '../options.ts' },
  { from: 'packages/adapter-istio/src/conflicts', imports: '../address/x.ts' },
  { from: 'packages/adapter-istio/test', imports: '@exposedapi/core/testing' },
  { from: 'packages/adapter-istio/test', imports: '../src/index.ts' },
  { from: 'apps/operator/src', imports: '@exposedapi/adapter-istio' },
  { from: 'testbed/src', imports: '@exposedapi/kube' },
  { from: 'tests/support', imports: '@exposedapi/testbed/canvas' },
  { from: 'tests/mesh', imports: '../support/x.ts', inTest: true },
]

/** A text for each file. */
type Files = Readonly<Record<string, string>>

const CIRCLES: readonly { readonly what: string; readonly files: Files; readonly says: string }[] = [
  {
    what: 'two files that take types from each other',
    files: {
      'packages/controller/src/a.ts': "import type { B } from './b.ts'\n",
      'packages/controller/src/b.ts': "export type C = import('./a.ts').A\n",
    },
    says: 'packages/controller/src/a.ts →(type) packages/controller/src/b.ts →(type) packages/controller/src/a.ts',
  },
  {
    what: 'three files that import values, one of them late',
    files: {
      'apps/operator/src/a.ts': "import { b } from './b.ts'\n",
      'apps/operator/src/b.ts': "export { c } from './c.ts'\n",
      'apps/operator/src/c.ts': "const a = await import('./a.ts')\n",
    },
    says: 'apps/operator/src/a.ts → apps/operator/src/b.ts → apps/operator/src/c.ts → apps/operator/src/a.ts',
  },
  {
    what: 'two folders without an order that import each other, by way of different files',
    files: {
      'benchmarks/lab/a.ts': "import '../peers/b.ts'\n",
      'benchmarks/peers/c.ts': "import '../lab/d.ts'\n",
    },
    says: 'benchmarks/lab → benchmarks/peers → benchmarks/lab',
  },
]

interface Limit {
  readonly what: string
  readonly most: number
  readonly place: string
  readonly files: (size: number) => Files
}

const LINES = (count: number, line: string) => `${line}\n`.repeat(count)
const SHORT = LINES(20, 'const short = () => 1')

/** What may be so large and no larger. The complaint is of the first line of `place`. */
const LIMITS: readonly Limit[] = [
  {
    what: 'sources in a folder',
    most: 14,
    place: 'demo/full',
    files: (size) => ({
      ...Object.fromEntries(Array.from({ length: size }, (_, i) => [`demo/full/${i}.ts`, ''])),
      'demo/full/uncounted.test.ts': '',
    }),
  },
  {
    what: 'lines of a file',
    most: 300,
    place: 'benchmarks/long.ts',
    files: (size) => ({ 'benchmarks/long.ts': LINES(size, '// one') }),
  },
  ...[
    { what: 'function', opening: 'function long() {', end: '}' },
    { what: 'method', opening: 'class Long { get long() {', end: '} }' },
    { what: 'suite', opening: "describe.each([])('%s', () => {", end: '})' },
    { what: 'constant', opening: 'const long = (() => {', end: '}) as never' },
  ].map(({ what, opening, end }) => ({
    what: `lines of a ${what}`,
    most: 50,
    place: `tools/${what}.ts`,
    files: (size: number) => ({ [`tools/${what}.ts`]: `${opening}\n${LINES(size - 2, '  one()')}${end}\n${SHORT}` }),
  })),
]

const DOCUMENTED = '/** What it is. */\nexport interface Told {}\n\nconst untold = 1\n'
const UNDOCUMENTED = [
  { what: 'a function', text: 'export function untold() {}\n' },
  { what: 'a constant under a comment that is no TSDoc', text: '/* What it is. */\nexport const untold = 1\n' },
  { what: 'a type under the comment of its file', text: "/** A file. */\nimport 'zod'\nexport type Untold = 1\n" },
  { what: 'a class that is exported by its name', text: 'class Untold {}\nexport { Untold }\n' },
].map(({ what, text }, i) => ({ what, file: `packages/metrics-annotations/src/untold-${i}.ts`, text }))

/** Trees of the same shape as ours, under the same rules: one that keeps them, and one that breaks each of them too. */
let kept: Outcome
let broken: Outcome

interface Outcome {
  readonly status: number | null
  readonly figures: string
  readonly complaints: readonly string[]
}

beforeAll(() => {
  kept = checked([
    ...ALLOWED.map(importing),
    ...LIMITS.map(({ most, files }) => files(most)),
    { 'packages/metrics-annotations/src/told.ts': DOCUMENTED },
  ])
  broken = checked([
    ...[...ALLOWED, ...FORBIDDEN].map(importing),
    ...CIRCLES.map(({ files }) => files),
    ...LIMITS.map(({ most, files }) => files(most + 1)),
    ...UNDOCUMENTED.map(({ file, text }) => ({ [file]: text })),
  ])
})

function checked(files: readonly Files[]): Outcome {
  const tree = mkdtempSync(join(tmpdir(), 'exposedapi-walls-'))
  try {
    for (const [file, text] of files.flatMap((some) => Object.entries(some))) {
      mkdirSync(dirname(join(tree, file)), { recursive: true })
      writeFileSync(join(tree, file), text)
    }
    const args = [`${ROOT}tools/structure/main.ts`, tree]
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    return { status, figures: stdout, complaints: stderr.split('\n').filter(Boolean) }
  } finally {
    rmSync(tree, { recursive: true })
  }
}

function fileOf({ from, imports, inTest = false }: Use): string {
  return `${from}/imports-${imports.replace(/[^a-z]/g, '-')}${inTest ? '.test' : ''}.ts`
}

function importing(use: Use): Files {
  return { [fileOf(use)]: `export * from '${use.imports}'\n` }
}

it.each(FORBIDDEN)('$from must not import $imports: $because', (use) => {
  const complaints = broken.complaints.filter((line) => line.startsWith(`${fileOf(use)}:1: `))
  expect(complaints).toEqual([expect.stringContaining(`imports ${use.imports}: `)])
})

it.each(CIRCLES)('$what are a circle', ({ says }) => {
  expect(broken.complaints.filter((line) => line.endsWith(`: ${says}`))).toHaveLength(1)
})

it.each(LIMITS)('$what: not one more than $most', ({ most, place }) => {
  const complaints = broken.complaints.filter((line) => line.startsWith(`${place}:1: `))
  expect(complaints).toContainEqual(expect.stringMatching(`${most + 1} .*, limit ${most}$`))
})

it('looks at what is common as well as at what is largest', () => {
  const text = LINES(9, `const long = () => {\n${LINES(16, '  one()')}}`) + LINES(25, 'const short = () => 1')
  expect(checked([{ 'tools/many.ts': text }]).complaints).toEqual([
    'tools/many.ts:1: a tenth of all have 187 lines or more, limit 186',
    expect.stringMatching(/^tools.many.ts:\d+: a tenth of all have 18 lines or more, limit 17$/),
  ])
})

it.each(UNDOCUMENTED)('$what may not be exported without TSDoc', ({ file }) => {
  expect(broken.complaints).toContainEqual(expect.stringMatching(`^${file}:\\d: [Uu]ntold is exported without TSDoc$`))
})

it('fails when it complains', () => {
  expect(broken.status).toBe(1)
})

it('has nothing to say against what is allowed', () => {
  expect(kept.complaints).toEqual([])
  expect(kept.status).toBe(0)
  expect(kept.figures).toMatch(/side doors +0 +0/)
})

describe('package.json of each package', () => {
  const packages = WALLS.flatMap(({ of, ours }) => (/^packages\/[a-z]+$/.test(of) ? [{ folder: of, ours }] : []))
  const adapters = ['adapter-istio', 'adapter-gateway-api', 'metrics-servicemonitor', 'metrics-annotations'].map(
    (name) => ({
      folder: `packages/${name}`,
      ours: ['@exposedapi/core'],
    }),
  )

  it.each([...packages, ...adapters])('says the same as the imports of $folder may do', ({ folder, ours }) => {
    const { dependencies = {} } = JSON.parse(readFileSync(`${ROOT}${folder}/package.json`, 'utf8')) as {
      dependencies?: object
    }
    const named = Object.keys(dependencies).filter((dependency) => dependency.startsWith('@exposedapi/'))
    const packages = new Set(ours.map((name) => name.split('/').slice(0, 2).join('/')))
    expect(named.sort()).toEqual([...packages].sort())
  })
})
