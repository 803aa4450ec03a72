/** Clusters in which objects have bodies that nobody foresaw: after a change of schema, or as somebody made them. */
import { isRecord, type Kind, type KubeObject } from '@exposedapi/objects'
import { isSameResource, type World } from './world.ts'

const ODD_BODIES: readonly (readonly [string, unknown])[] = [
  ['absent', undefined],
  ['null', null],
  ['empty', {}],
  ['a list', []],
  ['text', 'text'],
]

/** Worlds in which the objects of one kind are odd, with what is odd. */
export function oddWorlds(world: World, kinds: readonly Kind[]): readonly (readonly [string, World])[] {
  return kinds.flatMap((kind) => [...withOddBodies(world, kind), ...withOddFields(world, kind)])
}

/** All objects of the kind; one is added where there is none. */
function withOddBodies(world: World, kind: Kind): readonly (readonly [string, World])[] {
  return ODD_BODIES.map(([what, body]) => {
    const odd = (object: KubeObject) => ({ ...object, spec: body, status: body, data: body })
    const changed = world.rebuilt({
      map: (candidate, object) => (isSameResource(candidate, kind) ? odd(object) : object),
    })
    const metadata = { name: 'odd', uid: 'odd', ...(kind.namespaced !== false && { namespace: 'components' }) }
    const apiVersion = world.serves(kind) ?? `${kind.group}/${kind.versions[0]}`
    return [
      `${kind.kind} with a body that is ${what}`,
      changed.add(kind, odd({ apiVersion, kind: kind.kind, metadata })),
    ]
  })
}

/** One field at a time, of each object. In kinds of the API server itself a field may be absent, and no more. */
function withOddFields(world: World, kind: Kind): readonly (readonly [string, World])[] {
  const odd = ODD_BODIES.filter(([what]) => (kind.group.includes('.') ? what !== 'empty' : what === 'absent'))
  return world.rawOf([kind]).flatMap((object) => {
    const { apiVersion: _version, kind: _kind, metadata: _metadata, ...body } = object as KubeObject & object
    return placesIn(body).flatMap((place) =>
      odd.map(([what, value]) => {
        const instead = changedAt(object, place, value) as KubeObject
        const changed = world.rebuilt({ map: (_, candidate) => (candidate === object ? instead : candidate) })
        return [`${kind.kind} ${object.metadata.name} whose ${place.join('.')} is ${what}`, changed] as const
      }),
    )
  })
}

type Place = readonly string[]

function placesIn(value: unknown, place: Place = []): readonly Place[] {
  if (typeof value !== 'object' || value === null || place.length > 6) return []
  return Object.entries(value).flatMap(([key, inner]) => [[...place, key], ...placesIn(inner, [...place, key])])
}

/** An item of a list that shall be absent is left out. */
function changedAt(value: unknown, [key, ...rest]: Place, instead: unknown): unknown {
  if (key === undefined) return instead
  if (!isRecord(value) && !Array.isArray(value)) return value
  const changed = Object.entries(value).map(([name, inner]) => [
    name,
    name === key ? changedAt(inner, rest, instead) : inner,
  ])
  if (!Array.isArray(value)) return Object.fromEntries(changed)
  return changed.flatMap(([, item]) => (item === undefined ? [] : [item]))
}
