/**
 * The projects of the workspace, as nx sees them: through their package.json. What a project uses without saying so,
 * `nx affected` would not test.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '..')

/** What a project may depend on, by the scope that its tag names. The workshop may use everything. */
const MAY_USE: Readonly<Record<string, readonly string[]>> = {
  ground: [],
  core: ['ground'],
  engine: ['ground'],
  adapter: ['core'],
  controller: ['ground', 'core', 'engine'],
  operator: ['ground', 'core', 'engine', 'controller', 'adapter'],
  workshop: ['ground', 'core', 'engine', 'controller', 'adapter', 'operator', 'workshop'],
}

interface Project {
  readonly folder: string
  readonly name: string
  readonly tags: readonly string[]
  /** Names of our own projects that its package.json lists. */
  readonly uses: readonly string[]
  /** Absent where nobody installs it. */
  readonly node?: string
}

interface Import {
  readonly file: string
  readonly from: string
}

const IMPORT = /(?:^(?:import|export|\}).* from |^import |\bimport\()'([^']+)'/gm

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT })
  .toString()
  .split('\n')
  .filter((file) => existsSync(join(ROOT, file)))
const projects = files.filter((file) => /.\/package\.json$/.test(file)).map((file) => projectIn(dirname(file)))

function projectIn(folder: string): Project {
  const { name, nx, engines, ...rest } = manifest(folder)
  const all = Object.keys({ ...rest.dependencies, ...rest.devDependencies, ...rest.peerDependencies })
  const uses = all.filter((used) => used.startsWith('@exposedapi/'))
  return { folder, name, tags: nx?.tags ?? [], uses, ...(!rest.private && { node: engines?.node }) }
}

function manifest(folder: string) {
  return JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'))
}

function importsOf({ folder }: Project): readonly Import[] {
  const sources = files.filter((file) => file.startsWith(`${folder}/`) && file.endsWith('.ts'))
  return sources.flatMap((file) =>
    [...readFileSync(join(ROOT, file), 'utf8').matchAll(IMPORT)].map(([, from = '']) => ({ file, from })),
  )
}

function scopeOf(name: string): string | undefined {
  const project = projects.find((each) => each.name === name)
  return project?.tags.find((tag) => tag.startsWith('scope:'))?.slice('scope:'.length)
}

it.each(projects)('$folder has a scope and a type', ({ tags }) => {
  expect(tags).toEqual([expect.stringMatching(/^scope:/), expect.stringMatching(/^type:/)])
  expect(Object.keys(MAY_USE).map((scope) => `scope:${scope}`)).toContain(tags[0])
})

it.each(projects)('$folder depends on nothing above it', ({ name, uses }) => {
  const allowed = MAY_USE[scopeOf(name) ?? ''] ?? []
  expect(uses.filter((used) => !allowed.includes(scopeOf(used) ?? ''))).toEqual([])
})

it.each(projects)('$folder names in its package.json each of our projects that it imports', (project) => {
  const named = [project.name, ...project.uses]
  const undeclared = importsOf(project).filter(
    ({ from }) => from.startsWith('@exposedapi/') && !named.includes(from.split('/', 2).join('/')),
  )
  expect(undeclared).toEqual([])
})

it.each(projects)('$folder enters no other project by a relative path', (project) => {
  const others = projects.filter((other) => other !== project).map(({ folder }) => `${folder}/`)
  const entered = importsOf(project).filter(
    ({ file, from }) => from.startsWith('.') && others.some((other) => join(dirname(file), from).startsWith(other)),
  )
  expect(entered).toEqual([])
})

it('everything that is published runs on the Node that the root asks for', () => {
  const published = projects.filter((project) => 'node' in project)
  expect(published.length).toBeGreaterThan(0)
  expect(published.map(({ folder, node }) => ({ folder, node }))).toEqual(
    published.map(({ folder }) => ({ folder, node: manifest('.').engines.node })),
  )
})

it('.node-version is the Node that npm ci installs', () => {
  const version = readFileSync(join(ROOT, '.node-version'), 'utf8').trim()
  const installed = Object.entries(manifest('.').optionalDependencies).filter(([name]) =>
    name.startsWith('node-linux-'),
  )
  expect(installed.map(([, pinned]) => pinned)).toEqual(installed.map(() => version))
})
