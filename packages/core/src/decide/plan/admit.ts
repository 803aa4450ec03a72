/** First question of a decision: is the spec meaningful? */

import type { View } from '@exposedapi/objects'
import type { Finding } from '../../findings/finding.ts'
import { componentNameOf, type ExposedApi } from '../../model/exposed-api.ts'
import { COMPONENT } from '../../model/kinds.ts'

/** Findings on `Accepted` that come from the spec alone. One of status False refuses the API. */
export function admit(api: ExposedApi): readonly Finding[] {
  const refusals = api.problems.map(
    ({ field, reason, message }): Finding => ({
      condition: 'Accepted',
      status: 'False',
      reason,
      message: `${field} ${message}.`,
    }),
  )
  if (api.unknownFields.length === 0) return refusals
  const names = api.unknownFields.slice(0, 10).map((key) => `spec.${key.slice(0, 64)}`)
  const more = api.unknownFields.length > names.length ? ' and more' : ''
  const message = `Nothing reads ${names.join(', ')}${more}.`
  return [...refusals, { condition: 'Accepted', status: 'True', reason: 'UnknownFields', message }]
}

/** Advice if the API names a Component that does not exist: then nobody completes on its URL and readiness. */
export function checkComponent(api: ExposedApi, view: View): readonly Finding[] {
  const name = componentNameOf(api)
  if (name === undefined || view.exists(COMPONENT, api.metadata.namespace, name)) return []
  const message = `Component ${api.metadata.namespace}/${name}, which this API belongs to, does not exist.`
  return [{ condition: 'Accepted', status: 'True', reason: 'ComponentNotFound', message }]
}
