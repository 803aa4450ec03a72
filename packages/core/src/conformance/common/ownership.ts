/** Whose the rendered objects are, and that their names are theirs alone. */
import type { KubeObject, RenderedObject } from '@exposedapi/objects'
import type { ApiWords } from '../../testing/builders.ts'
import { ensure, ensureNone, ensureSame } from '../assert.ts'
import { fact, type Subject } from '../facts.ts'
import { identityOf, inEachCase, objectsOf, type Probe } from './probe.ts'

/** A name of 253 characters, as long as the API server allows; they differ at the end alone. */
const longest = (last: string) => `${`${'x'.repeat(62)}.`.repeat(4)}${last}`

const DNS_SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/

/** Facts about names and owners. */
export function ownership(probe: Probe): Subject {
  return {
    title: 'ownership',
    facts: [
      fact('renders objects in the namespace, with the labels and under the control of their API', () =>
        inEachCase(probe, (which) => {
          const answer = probe.ask(which)
          for (const object of objectsOf(answer)) ownedBy(answer.meta, object)
        }),
      ),
      fact('renders no object twice', () =>
        inEachCase(probe, (which) =>
          ensureNone(repeated(objectsOf(probe.ask(which)).map(identityOf)), 'rendered twice'),
        ),
      ),
      fact('shares no object between two APIs', () => sharesNothing(probe)),
      fact('gives names and labels that the API server takes, also for the longest name of an API', () => {
        for (const name of ['a', 'a.b', longest('a')]) objectsOf(probe.askAbout({ name })).forEach(isWellNamed)
      }),
    ],
  }
}

function ownedBy(wanted: RenderedObject['metadata'], { kind, metadata }: KubeObject): void {
  const what = `${kind} ${metadata.name}`
  ensureSame(metadata.namespace, wanted.namespace, `namespace of ${what}`)
  for (const [key, value] of Object.entries(wanted.labels ?? {})) {
    ensureSame(metadata.labels?.[key], value, `label ${key} of ${what}, as core gives it`)
  }
  const controllers = (metadata.ownerReferences ?? []).filter(({ controller }) => controller === true)
  const [owner] = wanted.ownerReferences ?? []
  ensure(controllers.length === 1, `${what} has ${controllers.length} controllers instead of its API alone`)
  ensureSame(
    [controllers[0]?.apiVersion, controllers[0]?.kind, controllers[0]?.name, controllers[0]?.uid],
    [owner?.apiVersion, owner?.kind, owner?.name, owner?.uid],
    `controller of ${what}`,
  )
}

/** Neither APIs of other names or namespaces, nor one that has the name of an object of another. */
function sharesNothing(probe: Probe): void {
  const words: readonly ApiWords[] = [{}, { namespace: 'elsewhere' }, { name: longest('a') }, { name: longest('b') }]
  const own = words.flatMap((one) => objectsOf(probe.askAbout(one)))
  const [, , ...others] = words
  const inComponents = own.filter(({ metadata }) => metadata.namespace !== 'elsewhere')
  const taken = new Set([probe.askAbout({}).api.metadata.name, ...others.map(({ name }) => name)])
  const names = [...new Set(inComponents.map(({ metadata }) => metadata.name))].filter((name) => !taken.has(name))
  const namesakes = names.flatMap((name) => objectsOf(probe.askAbout({ name })))
  ensureNone(repeated([...own, ...namesakes].map(identityOf)), 'two APIs render')
}

function isWellNamed({ kind, metadata }: KubeObject): void {
  const { name, labels = {} } = metadata
  ensure(DNS_SUBDOMAIN.test(name), `${kind} has the name ${name} of ${name.length} characters, which nobody may have`)
  for (const [key, value] of Object.entries(labels)) {
    ensure(LABEL_KEY.test(key), `${kind} ${name} has a label of the key ${key}, which no label may have`)
    ensure(LABEL_VALUE.test(value), `${kind} ${name} has label ${key} of the value ${value}, which no label may have`)
  }
}

function repeated(names: readonly string[]): readonly string[] {
  return names.filter((name, at) => names.indexOf(name) !== at)
}
