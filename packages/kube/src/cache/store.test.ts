import type { Index, Kind, KubeObject } from '@exposedapi/objects'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { isNewer } from '../objects/resource-version.ts'
import { BY_COLOR, THING, type Thing } from '../testing/things.ts'
import { type ListTransaction, Store, type StoreOptions } from './store.ts'
import type { StoreChange } from './store-change.ts'

let changes: StoreChange[]
let reports: string[]

function newStore(options: Partial<StoreOptions<Thing>> = {}): Store<Thing> {
  return new Store({
    kind: THING,
    indexes: [BY_COLOR],
    emit: (change) => changes.push(change),
    report: (what) => reports.push(what),
    ...options,
  })
}

function at(version: number, name = 'a', uid = `uid-${name}`, color = `c${version}`): KubeObject {
  const metadata = { name, namespace: 'ns', uid, resourceVersion: String(version) }
  return { apiVersion: 'test.io/v1', kind: 'Thing', metadata, spec: { color } } as KubeObject
}

function list(store: Store<Thing>, version: number, ...objects: KubeObject[]): void {
  const transaction = store.beginList()
  for (const object of objects) transaction.add(object)
  transaction.commit(String(version))
}

const versionIn = (store: Store<Thing>, name = 'a') => store.get('ns', name)?.metadata.resourceVersion
const summary = () => changes.map(({ old, new: now }) => [old?.metadata.resourceVersion, now?.metadata.resourceVersion])

beforeEach(() => {
  changes = []
  reports = []
})

describe('own writes', () => {
  it('are not undone by events on their way', () => {
    const store = newStore()
    list(store, 10, at(5))
    store.answered(at(20))
    store.put(at(15))
    expect(versionIn(store)).toBe('20')
  })

  it('make no second change when the watch echoes them', () => {
    const store = newStore()
    list(store, 10)
    store.answered(at(20))
    store.put(at(20))
    expect(summary()).toEqual([[undefined, '20']])
  })

  it('survive a list that is older, and not one that is newer', () => {
    const store = newStore()
    list(store, 10)
    store.answered(at(20))
    list(store, 19)
    expect(versionIn(store)).toBe('20')
    list(store, 21)
    expect(versionIn(store)).toBeUndefined()
  })

  it('do not bring back an object that was deleted before the answer came', () => {
    const store = newStore()
    list(store, 10, at(5))
    store.put(at(20))
    store.remove(at(21))
    store.answered(at(20))
    expect(versionIn(store)).toBeUndefined()
  })

  it('to a new object of the same name are a delete and an add', () => {
    const store = newStore()
    list(store, 10, at(5))
    changes = []
    store.answered(at(20, 'a', 'other'))
    expect(summary()).toEqual([
      ['5', undefined],
      [undefined, '20'],
    ])
  })
})

describe('own deletes', () => {
  it('are not undone by events or lists from before', () => {
    const store = newStore()
    list(store, 10, at(5))
    store.deleted(at(5))
    store.put(at(12))
    list(store, 13, at(12))
    expect(versionIn(store)).toBeUndefined()
  })

  it('prove that the object which had the name before is gone too', () => {
    const store = newStore()
    list(store, 10, at(5))
    store.deleted(at(20, 'a', 'other'))
    expect(versionIn(store)).toBeUndefined()
  })

  it('prove the same by a list that still has the deleted object', () => {
    const store = newStore()
    list(store, 10)
    store.deleted(at(20, 'a', 'other'))
    list(store, 11, at(11))
    list(store, 20, at(20, 'a', 'other'))
    expect(versionIn(store)).toBeUndefined()
  })

  it('do not let late events bring back the object that had the name before', () => {
    const store = newStore()
    list(store, 10, at(5))
    store.answered(at(20, 'a', 'other'))
    store.deleted(at(20, 'a', 'other'))
    store.put(at(12))
    expect(versionIn(store)).toBeUndefined()
  })

  it('do not stand in the way of the next object of that name', () => {
    const store = newStore()
    list(store, 10, at(5))
    store.deleted(at(5))
    store.put(at(30, 'a', 'next'))
    expect(versionIn(store)).toBe('30')
  })
})

describe('identity', () => {
  it('is the uid: an event of another uid is a delete and an add', () => {
    const store = newStore()
    list(store, 10, at(5))
    changes = []
    store.put(at(20, 'a', 'other'))
    expect(summary()).toEqual([
      ['5', undefined],
      [undefined, '20'],
    ])
  })

  it('makes a late DELETED of the object before it harmless', () => {
    const store = newStore()
    list(store, 10, at(5))
    store.answered(at(30, 'a', 'other'))
    store.remove(at(20))
    expect(versionIn(store)).toBe('30')
  })
})

describe('a replay', () => {
  it('of an object that is gone does not bring it back', () => {
    const store = newStore()
    list(store, 10, at(5))
    store.remove(at(20))
    store.put(at(5))
    expect(versionIn(store)).toBeUndefined()
  })
})

describe('a list', () => {
  it('is the truth even when its version is lower: etcd was restored', () => {
    const store = newStore()
    list(store, 1000, at(900), at(901, 'b'))
    list(store, 50, at(40))
    expect(versionIn(store)).toBe('40')
    expect(versionIn(store, 'b')).toBeUndefined()
    store.put(at(51))
    expect(versionIn(store)).toBe('51')
  })

  it('that is given up leaves no trace', () => {
    const store = newStore()
    list(store, 10, at(5))
    store.beginList().add(at(20, 'b'))
    expect(store.size).toBe(1)
  })

  it('emits its objects in order of namespace and name, though / sorts before letters', () => {
    const store = newStore()
    const names = ['b', 'a-1', 'a']
    list(
      store,
      10,
      ...names.map((name) => ({ ...at(5, 'x', name), metadata: { ...at(5, 'x', name).metadata, namespace: name } })),
    )
    expect(changes.map((change) => change.new?.metadata.namespace)).toEqual(['a', 'a-1', 'b'])
  })
})

describe('a bug in user code', () => {
  const kind: Kind<Thing> = {
    ...THING,
    project: (raw) => {
      if ((raw as Thing).spec?.color === 'bad') throw new Error('bug')
      return THING.project(raw)
    },
  }

  it('in a projection keeps the last good object', () => {
    const store = newStore({ kind })
    list(store, 10, at(5))
    store.put(at(20, 'a', 'uid-a', 'bad'))
    expect(store.get('ns', 'a')?.spec?.color).toBe('c5')
    expect(reports).toEqual(['projection'])
    store.put(at(21))
    expect(store.get('ns', 'a')?.spec?.color).toBe('c21')
  })

  it('in an index leaves the object findable by name', () => {
    const index: Index<Thing> = {
      ...BY_COLOR,
      values: () => {
        throw new Error('bug')
      },
    }
    const store = newStore({ indexes: [index] })
    list(store, 10, at(5))
    expect(versionIn(store)).toBe('5')
    expect(reports).toEqual(['index'])
  })
})

describe('an index', () => {
  it('hands out arrays that later changes leave alone', () => {
    const store = newStore()
    list(store, 10, at(5, 'a', 'a', 'red'), at(6, 'b', 'b', 'red'))
    const before = store.by('things.color', 'red')
    store.remove(at(11, 'a', 'a', 'red'))
    expect(before).toHaveLength(2)
    expect(store.by('things.color', 'red').map((object) => object.metadata.name)).toEqual(['b'])
  })
})

/** A server of two names and a watch that lags behind it. */
class Model {
  version = 100
  readonly objects = new Map<string, KubeObject>()
  readonly history: { type: 'put' | 'remove'; object: KubeObject }[] = []
  readonly snapshots = new Map<number, KubeObject[]>([[100, []]])
  /** Answers on their way to us. */
  readonly answers: ({ put: KubeObject } | { deleted: KubeObject })[] = []
  delivered = 0
  /** A list being read: the watch waits for it, answers do not. */
  list: { transaction: ListTransaction; version: number } | undefined
  #uids = 0

  write(name: string): KubeObject {
    const uid = this.objects.get(name)?.metadata.uid ?? `u${++this.#uids}`
    const object = at(++this.version, name, uid, ['red', 'blue'][this.version % 2])
    this.objects.set(name, object)
    this.#record('put', object)
    return object
  }

  delete(name: string): KubeObject | undefined {
    const object = this.objects.get(name)
    if (!object) return undefined
    this.objects.delete(name)
    this.#record('remove', at(++this.version, name, object.metadata.uid))
    return object
  }

  #record(type: 'put' | 'remove', object: KubeObject): void {
    this.history.push({ type, object })
    this.snapshots.set(this.version, [...this.objects.values()])
  }
}

type Step =
  | { do: 'write' | 'delete' | 'ownWrite' | 'ownDelete'; name: string }
  | { do: 'deliver' | 'answer' | 'list'; pick: number }

function run(model: Model, store: Store<Thing>, step: Step): void {
  switch (step.do) {
    case 'write':
      model.write(step.name)
      return
    case 'delete':
      model.delete(step.name)
      return
    case 'ownWrite':
      model.answers.push({ put: model.write(step.name) })
      return
    case 'ownDelete': {
      const deleted = model.delete(step.name)
      if (deleted) model.answers.push({ deleted })
      return
    }
    case 'answer': {
      const [answer] = model.answers.splice(step.pick % Math.max(1, model.answers.length), 1)
      if (answer && 'put' in answer) store.answered(answer.put)
      else if (answer) store.deleted(answer.deleted)
      return
    }
    case 'deliver':
      deliver(model, store)
      return
    case 'list':
      relist(model, store, step.pick)
      return
  }
}

function deliver(model: Model, store: Store<Thing>): void {
  const event = model.history[model.delivered]
  if (!event || model.list) return
  model.delivered++
  if (event.type === 'put') store.put(event.object)
  else store.remove(event.object)
}

/** Begins a list of any version between what the watch has delivered and now, or ends the one that was begun. */
function relist(model: Model, store: Store<Thing>, pick: number): void {
  if (model.list) {
    endList(model)
    return
  }
  const seen = model.delivered === 0 ? 100 : Number(model.history[model.delivered - 1]?.object.metadata.resourceVersion)
  const allowed = [...model.snapshots.keys()].filter((version) => version >= seen)
  const version = allowed[pick % allowed.length] ?? model.version
  const transaction = store.beginList()
  for (const object of model.snapshots.get(version) ?? []) transaction.add(object)
  model.list = { transaction, version }
}

/** The watch goes on from the version of the list. */
function endList(model: Model): void {
  const { transaction, version } = model.list as { transaction: ListTransaction; version: number }
  transaction.commit(String(version))
  model.list = undefined
  const next = model.history.findIndex((event) => Number(event.object.metadata.resourceVersion) > version)
  model.delivered = next < 0 ? model.history.length : next
}

const name = fc.constantFrom('a', 'b')
const pick = fc.nat({ max: 20 })
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constantFrom('write' as const, 'delete' as const, 'ownWrite' as const, 'ownDelete' as const),
      name,
    }),
    fc.record({
      do: fc.constantFrom('deliver' as const, 'answer' as const, 'deliver' as const, 'list' as const),
      pick,
    }),
  ),
  { maxLength: 40, size: 'max' },
)

describe('any interleaving of lists, events and answers', () => {
  it('ends in the state of the server', () => {
    fc.assert(
      fc.property(steps, (plan) => {
        const model = new Model()
        const store = newStore()
        list(store, 100)
        for (const step of plan) run(model, store, step)
        if (model.list) endList(model)
        while (model.answers.length > 0) run(model, store, { do: 'answer', pick: 0 })
        while (model.delivered < model.history.length) deliver(model, store)
        const cached = [...store.all()].map((object) => object.metadata.resourceVersion).sort()
        expect(store.tombstones).toBe(0)
        expect(cached).toEqual([...model.objects.values()].map((object) => object.metadata.resourceVersion).sort())
        for (const color of ['red', 'blue']) {
          const indexed = store.by('things.color', color).map((object) => object.metadata.name)
          expect(indexed).toEqual(
            [...store.all()]
              .filter((object) => object.spec?.color === color)
              .map((object) => object.metadata.name)
              .sort(),
          )
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('never shows less than the last answer that we got', () => {
    fc.assert(
      fc.property(steps, (plan) => {
        const model = new Model()
        const store = newStore()
        list(store, 100)
        const known = new Map<string, string>()
        const gone = new Set<string>()
        for (const step of plan) {
          const pending = [...model.answers]
          run(model, store, step)
          for (const answer of pending.filter((candidate) => !model.answers.includes(candidate))) {
            if ('deleted' in answer) gone.add(answer.deleted.metadata.uid ?? '')
            else {
              const { uid = '', resourceVersion = '' } = answer.put.metadata
              // An answer that a later one has overtaken is not shown at all.
              const isShown = [...store.all()].some((object) => object.metadata.uid === uid)
              if (isShown && isNewer(resourceVersion, known.get(uid) ?? '')) known.set(uid, resourceVersion)
            }
          }
          for (const object of store.all()) {
            const { uid = '', resourceVersion = '' } = object.metadata
            expect(gone.has(uid)).toBe(false)
            expect(isNewer(known.get(uid) ?? '', resourceVersion)).toBe(false)
          }
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('emits changes from which the state can be rebuilt', () => {
    fc.assert(
      fc.property(steps, (plan) => {
        changes = []
        const model = new Model()
        const store = newStore()
        list(store, 100)
        for (const step of plan) run(model, store, step)
        const rebuilt = new Map<string, string>()
        for (const { old, new: now } of changes) {
          expect(rebuilt.get((old ?? now)?.metadata.name ?? '')).toBe(old?.metadata.uid)
          if (now) rebuilt.set(now.metadata.name, now.metadata.uid ?? '')
          else rebuilt.delete(old?.metadata.name ?? '')
        }
        expect([...rebuilt.values()].sort()).toEqual([...store.all()].map((object) => object.metadata.uid).sort())
      }),
      { numRuns: 2000 },
    )
  })
})
