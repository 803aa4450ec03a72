/** Where our operator spends its time, from the CPU profiles that V8 writes. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Origin } from './readable-bundle.ts'

interface CpuProfile {
  readonly nodes: readonly Node[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

interface Node {
  readonly id: number
  readonly callFrame: {
    readonly functionName: string
    readonly url: string
    readonly lineNumber: number
    readonly columnNumber: number
  }
  readonly children?: readonly number[]
}

const ROWS = 30
const OURS = 'bundle: '
/** What V8 notes in place of a function while nothing of ours runs. */
const IDLE: readonly string[] = ['(idle)', '(root)']

/** For every profile in the folder, as text: time by area, by function alone, and by function with all that it calls. */
export async function profileReport(folder: string, origin: Origin): Promise<string> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile')).sort()
  const parts = await Promise.all(
    files.map(async (name) => {
      const profile = JSON.parse(await readFile(join(folder, name), 'utf8')) as CpuProfile
      return `${name}\n${tables(profile, origin)}\n`
    }),
  )
  return parts.join('\n')
}

function tables({ nodes, samples, timeDeltas }: CpuProfile, origin: Origin): string {
  const names = new Map(nodes.map((node) => [node.id, nameOf(node, origin)]))
  const nameAt = ({ id }: Node) => names.get(id) ?? ''
  const [byId, parents] = [new Map(nodes.map((node) => [node.id, node])), parentsOf(nodes)]
  const [areas, self, total] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()]
  let busy = 0
  for (const [index, id] of samples.entries()) {
    const node = byId.get(id)
    const time = timeDeltas[index] ?? 0
    if (!node || IDLE.includes(node.callFrame.functionName)) continue
    busy += time
    add(areas, areaOf(node, nameAt(node)), time)
    add(self, nameAt(node), time)
    // Once per function, however often it calls itself.
    for (const name of new Set(stackOf(node, byId, parents).map(nameAt))) add(total, name, time)
  }
  return [
    `  busy ${(busy / 1e6).toFixed(2)} s, by area:`,
    ...ranking(areas, busy),
    '  by function, without what it calls:',
    ...ranking(self, busy),
    '  by function of the bundle, with what it calls:',
    ...ranking(new Map([...total].filter(([name]) => name.startsWith(OURS))), busy),
  ].join('\n')
}

function ranking(times: ReadonlyMap<string, number>, busy: number): readonly string[] {
  const rows = [...times].sort(([, a], [, b]) => b - a).slice(0, ROWS)
  return rows.map(([name, time]) => `${((100 * time) / busy).toFixed(1).padStart(8)} %  ${name}`)
}

function add(times: Map<string, number>, name: string, time: number): void {
  times.set(name, (times.get(name) ?? 0) + time)
}

function parentsOf(nodes: readonly Node[]): ReadonlyMap<number, number> {
  return new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)))
}

function stackOf(node: Node, byId: ReadonlyMap<number, Node>, parents: ReadonlyMap<number, number>): readonly Node[] {
  const stack: Node[] = []
  for (let at: Node | undefined = node; at; at = byId.get(parents.get(at.id) ?? -1)) stack.push(at)
  return stack
}

function areaOf({ callFrame: { functionName, url } }: Node, name: string): string {
  if (url === '') return functionName.startsWith('(') ? functionName : 'built-in functions'
  if (url.startsWith('node:')) return url.split('/').slice(0, 2).join('/')
  // The first folder of the source: a package of ours or of others.
  return `${OURS}${name.slice(OURS.length).split('/')[0]}`
}

function nameOf({ callFrame: { functionName, url, lineNumber, columnNumber } }: Node, origin: Origin): string {
  const name = functionName || '(anonymous)'
  if (url === '') return name
  if (url.startsWith('node:')) return `${url} ${name}`
  return `${OURS}${origin(lineNumber, columnNumber) ?? '?'} ${name}`
}
