/** What both kinds of adapters have in common: they are asked about an API in a world, and answer with objects and findings. */
import type { Index, KindUse, KubeObject, RenderedObject, View } from '@exposedapi/objects'
import type { AppliedAnnotations } from '../../adapters/metrics.ts'
import type { Rendered } from '../../adapters/rendered.ts'
import type { Finding } from '../../findings/finding.ts'
import type { ExposedApi } from '../../model/exposed-api.ts'
import type { ApiWords } from '../../testing/builders.ts'
import { inCase } from '../assert.ts'
import { type Product, World } from '../world.ts'

/** Namespaces in which there are ExposedAPIs. */
export const NAMESPACES = ['components', 'elsewhere']

/** What an adapter makes of one API. */
export interface Answer {
  readonly api: ExposedApi
  /** The metadata that core gives to what is rendered. */
  readonly meta: RenderedObject['metadata']
  readonly rendered: readonly Rendered[]
  readonly annotations: readonly AppliedAnnotations[]
  /** Of the view that contains what is rendered. */
  readonly findings: readonly Finding[]
  /** All of it as plain values: equal answers mean that nothing is to be done. */
  readonly all: unknown
}

/** How it is asked. */
export interface Asking<Adapter> {
  /** Default: a new one. */
  readonly adapter?: Adapter
  /** What the adapter reads instead of the world. */
  readonly through?: (view: View) => View
  /** Nothing that it is given can be changed. */
  readonly frozen?: boolean
  /** What is rendered is not written before it is observed. */
  readonly unwritten?: boolean
}

/** An adapter that can be asked. */
export interface Probe<Adapter extends Declared = Declared> {
  /** What is special about the APIs that it is asked about. */
  readonly cases: readonly string[]
  /** Those that between them ask for all that there is. */
  readonly main: readonly string[]
  make(): Adapter
  /** A cluster that has what the adapter needs. */
  world(): World
  /** What the product makes of each object. */
  readonly product: Product
  /** All indexes that the adapter declares. */
  indexes(): readonly Index[]
  ask(which: string, world?: World, asking?: Asking<Adapter>): Answer
  /** About an API of these words that wants everything that the adapter can do. */
  askAbout(words: ApiWords, world?: World): Answer
}

/** What every adapter says of itself. */
export interface Declared {
  readonly name: string
  readonly kinds: readonly KindUse[]
  readonly indexes: readonly Index[]
}

/** States something of each case. */
export function inEachCase({ cases }: Probe, state: (which: string) => void): void {
  for (const which of cases) inCase(which, () => state(which))
}

/** Worlds in which nothing, or all but one kind, is as it should be, each with what is special about it. */
export function poorWorlds(probe: Probe): readonly (readonly [string, World])[] {
  const kinds = probe.make().kinds.map(({ kind }) => kind)
  return [
    ['an empty cluster', new World()],
    ...kinds.map((kind) => [`no ${kind.kind}`, probe.world().rebuilt({ without: [kind] })] as const),
    ...kinds.map((kind) => {
      const unserved = probe.world().rebuilt({ without: [kind], unserved: [kind] })
      return [`${kind.kind} is not served`, unserved] as const
    }),
    ...kinds.map((kind) => {
      const unseen = probe
        .world()
        .rebuilt({ without: [kind] })
        .forbid(kind)
      return [`${kind.kind} may not be read`, unseen] as const
    }),
  ]
}

/** States something of each case in the world that has all, and in the others. */
export function inEachWorld(probe: Probe, state: (which: string, world: () => World) => void): void {
  inEachCase(probe, (which) => state(which, () => probe.world()))
  for (const [what, world] of poorWorlds(probe)) {
    for (const which of probe.main) inCase(`${which}, ${what}`, () => state(which, () => world.rebuilt()))
  }
}

/** The objects alone. */
export function objectsOf({ rendered }: Pick<Answer, 'rendered'>): readonly Rendered['object'][] {
  return rendered.map(({ object }) => object)
}

/** Kind, namespace and name: no two objects share it. */
export function identityOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.namespace}/${metadata.name}`
}

/** The kinds that an adapter owns, each once. */
export { ownedKinds } from '../../decide/rules/owned-kinds.ts'
