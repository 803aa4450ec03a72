/** What is rendered can be written, and read back. */
import { isRecord, type KubeObject, type RenderedObject, type View } from '@exposedapi/objects'
import { kindOf } from '../../decide/rules/children.ts'
import { ensure, ensureNone, ensureSame, notJson, shown } from '../assert.ts'
import { fact, type Subject } from '../facts.ts'
import type { StoredObject } from '../world.ts'
import { type Declared, inEachCase, objectsOf, ownedKinds, type Probe } from './probe.ts'

/** Facts about rendered objects and the kinds that they are of. */
export function objects(probe: Probe): Subject {
  return {
    title: 'objects',
    facts: [
      fact('renders plain JSON of kinds that it declares to own, in the version that the cluster serves', () =>
        inEachCase(probe, (which) => {
          for (const lastVersions of [false, true]) {
            const world = probe.world().rebuilt({ lastVersions })
            for (const object of objectsOf(probe.ask(which, world))) isWritable(object, world, probe.make())
          }
        }),
      ),
      fact('renders no object of a kind that the cluster does not serve', () =>
        inEachCase(probe, (which) => rendersServedOnly(probe, which)),
      ),
      fact('declares the kinds that it owns in the order in which it renders them', () =>
        inEachCase(probe, (which) => isInOrder(objectsOf(probe.ask(which)), probe.make())),
      ),
      fact('keeps every field that it renders when it reads the object back: `project` drops none', () =>
        inEachCase(probe, (which) => {
          for (const object of objectsOf(probe.ask(which))) isKept(object, probe.make())
        }),
      ),
    ],
  }
}

function isWritable(object: RenderedObject, view: View, { kinds }: Declared): void {
  const kind = kindOf(object, ownedKinds(kinds))
  ensure(kind, `${object.apiVersion} ${object.kind} is rendered and not declared with use "own"`)
  ensureSame(object.apiVersion, view.serves(kind), `apiVersion of ${object.kind} ${object.metadata.name}`)
  const strange = notJson(object, `${object.kind} ${object.metadata.name}`)
  ensure(strange === undefined, `not plain JSON: ${strange}`)
}

function rendersServedOnly(probe: Probe, which: string): void {
  const owned = ownedKinds(probe.make().kinds)
  for (const kind of owned) {
    const rendered = objectsOf(probe.ask(which, probe.world().rebuilt({ without: [kind], unserved: [kind] })))
    const unserved = rendered.filter((object) => kindOf(object, owned) === kind)
    ensureNone(unserved, `${kind.kind} is not served and rendered`)
  }
}

function isInOrder(rendered: readonly RenderedObject[], { kinds }: Declared): void {
  const owned = ownedKinds(kinds)
  const places = rendered.map((object) => {
    const kind = kindOf(object, owned)
    return kind ? owned.indexOf(kind) : -1
  })
  const at = places.findIndex((place, i) => place < (places[i - 1] ?? 0))
  const [before, after] = [rendered[at - 1]?.kind, rendered[at]?.kind]
  ensure(
    at < 0,
    `${after} is rendered after ${before} and declared before it: what is deleted goes the other way round`,
  )
}

function isKept(object: RenderedObject, { kinds }: Declared): void {
  const kind = kindOf(object, ownedKinds(kinds))
  if (!kind) return
  const metadata = { ...object.metadata, uid: 'uid', resourceVersion: '1', generation: 1 }
  const stored: StoredObject = { ...object, metadata }
  const lost = lostField(kind.project(stored) as KubeObject, object, '')
  ensure(lost === undefined, `project of ${kind.kind} loses ${lost}: the object would be written again at each start`)
}

function lostField(kept: unknown, rendered: unknown, path: string): string | undefined {
  if (rendered === undefined || rendered === null) return undefined
  if (Array.isArray(rendered) && (!Array.isArray(kept) || kept.length !== rendered.length)) return path
  if (!isRecord(rendered) && !Array.isArray(rendered)) {
    return Object.is(kept, rendered) ? undefined : `${path} (${shown(rendered)})`
  }
  if (typeof kept !== 'object' || kept === null) return path
  const [inner, wanted] = [kept, rendered] as readonly Readonly<Record<string, unknown>>[]
  for (const key of Object.keys(wanted ?? {})) {
    const lost = lostField(inner?.[key], wanted?.[key], path === '' ? key : `${path}.${key}`)
    if (lost !== undefined) return lost
  }
  return undefined
}
