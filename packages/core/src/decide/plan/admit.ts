/** First question of a decision: is the spec meaningful? */

import type { View } from '@exposedapi/objects'
import type { Finding } from '../../findings/finding.ts'
import { componentNameOf, type ExposedApi } from '../../model/exposed-api.ts'
import { COMPONENT } from '../../model/kinds.ts'

/** Findings on `Accepted` that come from the spec alone. One of status False refuses the API. */
export function admit(api: ExposedApi): readonly Finding[] {
  const about = (status: Finding['status'], problems: ExposedApi['problems']) =>
    problems.slice(0, MAX_NAMED).map(({ field, reason, message }): Finding => {
      return { condition: 'Accepted', status, reason, message: `${field} ${message}.` }
    })
  return [...about('False', api.problems), ...about('True', api.advice), ...unknownFields(api)]
}

/** More than this helps nobody, and must not fill a status. */
const MAX_NAMED = 10

function unknownFields({ unknownFields: unknown }: ExposedApi): readonly Finding[] {
  if (unknown.length === 0) return []
  const names = unknown.slice(0, MAX_NAMED).map((key) => `spec.${key.slice(0, 64)}`)
  const [field, ignored] = unknown.length === 1 ? ['field', 'is ignored'] : ['fields', 'are ignored']
  const more = unknown.length > names.length ? ' and more' : ''
  const message = `Unknown ${field} ${names.join(', ')}${more} ${ignored}.`
  return [{ condition: 'Accepted', status: 'True', reason: 'UnknownFields', message }]
}

/** Advice if the API names a Component that does not exist: then nobody completes on its URL and readiness. */
export function checkComponent(api: ExposedApi, view: View): readonly Finding[] {
  const name = componentNameOf(api)
  const { namespace } = api.metadata
  if (name === undefined || view.exists(COMPONENT, namespace, name) || !view.readable(COMPONENT, namespace)) return []
  const message = `Component ${namespace}/${name}, which this API belongs to, does not exist.`
  return [{ condition: 'Accepted', status: 'True', reason: 'ComponentNotFound', message }]
}
