/** `exposedapi render`: what the operator would write, without a cluster. */
import { readFileSync } from 'node:fs'
import { declaredKinds } from '@exposedapi/controller'
import { type ExposedApi, isExternal, type KubeObject, nameOf } from '@exposedapi/core'
import { type Condition, type ExposedApiStatus, type Plan, type Rules, settle } from '@exposedapi/core/engine'
import { parseAllDocuments, stringify } from 'yaml'
import { configuration } from '../configuration/environment.ts'
import { ConfigurationError } from '../configuration/error.ts'
import { rulesFor } from '../configuration/rules.ts'
import { FileWorld } from './file-world.ts'

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
export async function render(
  files: readonly string[],
  config?: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  if (files.length === 0) throw new ConfigurationError('render needs manifests: exposedapi render -f FILE…')
  const { documents, notes, refused } = rendering(
    files.flatMap(manifests),
    await rulesFor(configuration(environment, config)),
  )
  for (const note of notes) process.stderr.write(`# ${note}\n`)
  process.stdout.write(documents.map((document) => stringify(document, { lineWidth: 0 })).join('---\n'))
  for (const line of refused) process.stderr.write(`refused: ${line}\n`)
  return refused.length > 0 ? 1 : 0
}

/** Decides every ExposedAPI among the objects, as the operator would in a cluster that holds just these. */
export function rendering(objects: readonly KubeObject[], rules: Rules): Rendering {
  const kinds = [...new Set(declaredKinds(rules).uses.map(({ kind }) => kind))]
  const world = new FileWorld(kinds)
  const notes: string[] = []
  for (const object of objects) {
    if (!world.put(object)) notes.push(`${object.kind} ${nameOf(object)} is not needed and is left out`)
  }
  const apis = world.apis()
  if (apis.length === 0) notes.push('there is no ExposedAPI among the manifests')
  const settled = settle(world, rules)
  const outcomes = apis.filter((api) => !isExternal(api)).map((api) => ({ api, ...settled.get(nameOf(api)) }))
  return {
    documents: outcomes.flatMap(({ api, plan, conclusion }) => documentsOf(api, plan, conclusion?.status)),
    notes,
    refused: outcomes.flatMap(({ api, conclusion }) => refusals(api, conclusion?.status?.conditions)),
  }
}

/** What is written for one API, and what is said of it. */
function documentsOf(
  api: ExposedApi,
  plan: Plan | undefined,
  status: ExposedApiStatus | undefined,
): readonly unknown[] {
  const { name, namespace } = api.metadata
  const said = status && {
    apiVersion: api.apiVersion,
    kind: api.kind,
    metadata: { name, namespace },
    status: { ...status, conditions: timeless(status.conditions) },
  }
  return [
    ...(plan?.writes ?? []).map(({ object }) => forPeople(object)),
    ...(plan?.annotate ?? []).map(({ object, annotations }) => ({
      apiVersion: object.apiVersion,
      kind: object.kind,
      metadata: { name: object.metadata.name, namespace: object.metadata.namespace, annotations },
    })),
    ...(said ? [said] : []),
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

function refusals(api: ExposedApi, conditions: readonly Condition[] = []): readonly string[] {
  const accepted = conditions.find(({ type }) => type === 'Accepted')
  return accepted?.status === 'False' ? [`ExposedAPI ${nameOf(api)}: ${accepted.reason}: ${accepted.message}`] : []
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
    throw new ConfigurationError(`${where} is not a Kubernetes object: apiVersion, kind and metadata.name are required`)
  }
  return [object as KubeObject]
}
