/** Writes that will not happen: the API server refused them, or an object of somebody else is in the way. */
import { type Kind, type KubeObject, nameOf, type View } from '@exposedapi/objects'
import type { Rendered } from '../../adapters/rendered.ts'
import type { ExposedApi } from '../../model/exposed-api.ts'
import { checkOwnership } from './children.ts'

/** A write that the API server refused. */
export interface WriteFailure {
  readonly object: KubeObject
  /** The API server's own words. */
  readonly message: string
}

/** Why an object is not as it was rendered, and will not be by waiting alone. */
export interface Refusal {
  readonly object: KubeObject
  readonly reason: 'WriteRejected' | 'NotOwned' | 'LeftoverOfEarlierApi'
  /** A sentence that names the object. */
  readonly message: string
}

/** What is known to stand against these objects: refused writes, and foreign objects of their names. */
export function refusalsOf(
  rendered: readonly Rendered[],
  failures: readonly WriteFailure[],
  api: ExposedApi,
  view: View,
  kinds: readonly Kind[],
): readonly Refusal[] {
  const clashes = rendered.flatMap(({ object }) =>
    checkOwnership([object], api, view, kinds).map(({ reason, message }): Refusal => {
      return { object, reason: reason === 'NotOwned' ? 'NotOwned' : 'LeftoverOfEarlierApi', message }
    }),
  )
  const rejected = failures.map(({ object, message }): Refusal => {
    return { object, reason: 'WriteRejected', message: `${object.kind} ${nameOf(object)}: ${message}` }
  })
  return [...clashes, ...rejected]
}

/** What stands against one object, if anything does. */
export function refusalOf(refusals: readonly Refusal[], object: KubeObject): Refusal | undefined {
  return refusals.find(({ object: refused }) => isSameObject(refused, object))
}

/** Two objects of one kind and name. */
export function isSameObject(a: KubeObject, b: KubeObject): boolean {
  return a.kind === b.kind && nameOf(a) === nameOf(b)
}
