/** The two kinds of objects of an imaginary product, and what it says about each. */
import { isRecord, type Kind, type KubeObject, slimMeta } from '../../src/index.ts'

/** What the product says about an object as it is now. */
export type State = 'yes' | 'no' | 'waiting'

/** A Route or a Plugin as the adapter reads it. */
export interface TwoObject extends KubeObject {
  readonly spec: unknown
  readonly state: State
  /** Why it is refused. */
  readonly words: string
}

/** Puts a policy into force for each route that names it. */
export const PLUGIN: Kind<TwoObject> = {
  group: 'two.example',
  versions: ['v2', 'v1'],
  kind: 'Plugin',
  plural: 'plugins',
  project,
}

/** Leads requests to a Service, through plugins. */
export const ROUTE: Kind<TwoObject> = { ...PLUGIN, kind: 'Route', plural: 'routes' }

function project(object: KubeObject): TwoObject {
  const { apiVersion, kind, metadata } = object
  const { spec, status } = object as KubeObject & { readonly spec?: unknown; readonly status?: unknown }
  const told = isRecord(status) ? status : {}
  const { generation } = metadata as { readonly generation?: number }
  const isCurrent = told.observedGeneration === generation
  const state = !isCurrent ? 'waiting' : told.accepted === true ? 'yes' : told.accepted === false ? 'no' : 'waiting'
  const words = typeof told.message === 'string' ? told.message : 'no reason is given'
  return { apiVersion, kind, metadata: slimMeta(metadata), spec, state, words }
}
