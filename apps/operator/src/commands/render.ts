/** `exposedapi render`: what the operator would write, without a cluster. */
import { readFileSync } from 'node:fs'
import { declaredKinds } from '@exposedapi/controller'
import { EXPOSED_API, type ExposedApi, isExternal, type Kind, type KubeObject, nameOf } from '@exposedapi/core'
import { type Condition, conclude, kindOf, MemoryView, plan, type Rules } from '@exposedapi/core/engine'
import { parseAllDocuments, stringify } from 'yaml'
import { configuration } from '../configuration/environment.ts'
import { ConfigurationError } from '../configuration/error.ts'
import { rulesFor } from '../configuration/rules.ts'

/** What one run of the command found. */
export interface Rendering {
  /** Objects and statuses, in order. */
  readonly documents: readonly unknown[]
  /** One line for each thing that the user should see beside the output. */
  readonly notes: readonly string[]
  /** ExposedAPIs that are refused, each with the reason. */
  readonly refused: readonly string[]
}

/** Runs the command and resolves with the exit code. Throws a ConfigurationError for files that cannot be read. */
export async function render(files: readonly string[], environment: NodeJS.ProcessEnv = process.env): Promise<number> {
  if (files.length === 0) throw new ConfigurationError('render needs manifests: exposedapi render -f FILE…')
  const { documents, notes, refused } = rendering(files.flatMap(manifests), await rulesFor(configuration(environment)))
  for (const note of notes) process.stderr.write(`# ${note}\n`)
  process.stdout.write(documents.map((document) => stringify(document, { lineWidth: 0 })).join('---\n'))
  for (const line of refused) process.stderr.write(`refused: ${line}\n`)
  return refused.length > 0 ? 1 : 0
}

/** Decides every ExposedAPI among the objects, as the operator would in a cluster that holds just these. */
export function rendering(objects: readonly KubeObject[], rules: Rules): Rendering {
  const kinds = [...new Set(declaredKinds(rules).uses.map(({ kind }) => kind))]
  const view = new MemoryView()
  const notes: string[] = []
  for (const object of objects) {
    const kind = kindOf(object, kinds)
    if (kind) view.add(kind, placed(object, kind))
    else notes.push(`${object.kind} ${nameOf(object)} plays no part and is left out`)
  }
  const apis = [...view.all(EXPOSED_API)].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  if (apis.length === 0) notes.push('there is no ExposedAPI among the manifests')
  const documents = apis.filter((api) => !isExternal(api)).flatMap((api) => documentsOf(api, view, rules, kinds))
  const refused = apis.flatMap((api) => refusals(api, documents))
  return { documents, notes, refused }
}

/** What is written for one API, and then, on a view that contains it, what is said. */
function documentsOf(api: ExposedApi, view: MemoryView, rules: Rules, kinds: readonly Kind[]): readonly unknown[] {
  const planned = plan(api, view, rules)
  const objects = planned.writes.map(({ object }) => object)
  for (const object of objects) {
    const kind = kindOf(object, kinds)
    if (kind) view.add(kind, object)
  }
  const { annotate } = planned
  const { status } = conclude(planned, view, rules, { now: 0, grace: {}, failures: [] })
  const { name, namespace } = api.metadata
  return [
    ...objects.map(forPeople),
    ...annotate.map(({ object, annotations }) => ({
      apiVersion: object.apiVersion,
      kind: object.kind,
      metadata: { name: object.metadata.name, namespace: object.metadata.namespace, annotations },
    })),
    ...(status
      ? [
          {
            apiVersion: api.apiVersion,
            kind: api.kind,
            metadata: { name, namespace },
            status: { ...status, conditions: timeless(status.conditions) },
          },
        ]
      : []),
  ]
}

/** A file has no uids: what stands for them inside must not look like one outside. */
function forPeople(object: KubeObject): unknown {
  const { ownerReferences, ...metadata } = object.metadata
  const owners = ownerReferences?.map(({ uid: _, ...owner }) => owner)
  return { ...object, metadata: { ...metadata, ...(owners && { ownerReferences: owners }) } }
}

/** Without times, so that two runs print the same. */
function timeless(conditions: readonly Condition[] = []): readonly unknown[] {
  return conditions.map(({ lastTransitionTime: _, ...condition }) => condition)
}

function refusals(api: ExposedApi, documents: readonly unknown[]): readonly string[] {
  const own = documents.find((document): document is { status: { conditions: Condition[] } } => {
    const { kind, metadata } = document as KubeObject
    return kind === 'ExposedAPI' && metadata.name === api.metadata.name && metadata.namespace === api.metadata.namespace
  })
  const accepted = own?.status.conditions.find(({ type }) => type === 'Accepted')
  return accepted?.status === 'False' ? [`ExposedAPI ${nameOf(api)}: ${accepted.reason}: ${accepted.message}`] : []
}

/** What an API server would add: a namespace, and an identity. */
function placed(object: KubeObject, kind: Kind): KubeObject {
  const { metadata } = object
  const namespace = kind.namespaced === false ? undefined : (metadata.namespace ?? 'default')
  const uid = metadata.uid ?? `${object.kind}/${namespace ?? ''}/${metadata.name}`
  return { ...object, metadata: { ...metadata, uid, ...(namespace !== undefined && { namespace }) } }
}

function manifests(file: string): readonly KubeObject[] {
  let text: string
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (cause) {
    throw new ConfigurationError(`${file} cannot be read: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
  return parseAllDocuments(text).flatMap((document, at) => {
    const [problem] = document.errors
    if (problem) throw new ConfigurationError(`${file}: document ${at + 1}: ${problem.message.split('\n')[0]}`)
    return objectsIn(document.toJS(), `${file}: document ${at + 1}`)
  })
}

function objectsIn(value: unknown, where: string): readonly KubeObject[] {
  if (value === null || value === undefined) return []
  const object = value as Partial<KubeObject> & { items?: unknown }
  if (typeof object === 'object' && object.kind?.endsWith('List') && Array.isArray(object.items)) {
    return object.items.flatMap((item, at) => objectsIn(item, `${where}, item ${at + 1}`))
  }
  if (
    typeof object !== 'object' ||
    typeof object.kind !== 'string' ||
    typeof object.apiVersion !== 'string' ||
    typeof object.metadata?.name !== 'string'
  ) {
    throw new ConfigurationError(`${where} is no Kubernetes object: apiVersion, kind and metadata.name are needed`)
  }
  return [object as KubeObject]
}
