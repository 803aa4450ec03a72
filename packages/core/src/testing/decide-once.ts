/** Plan and conclusion of one moment, for tests that look at both. */
import type { RenderedObject, View } from '@exposedapi/objects'
import { type Conclusion, conclude } from '../decide/conclude/conclude.ts'
import type { ConclusionInput } from '../decide/conclude/conclusion-input.ts'
import { type Plan, plan } from '../decide/plan/plan.ts'
import type { Rules } from '../decide/rules/rules.ts'
import type { ExposedApi } from '../model/exposed-api.ts'

/** What is to be written, and what would be said right now, with nothing of it written. */
export interface Decision extends Pick<Plan, 'obsolete' | 'annotate'>, Conclusion {
  readonly objects: readonly RenderedObject[]
}

/** Plans and concludes on one view. */
export function decide(
  api: ExposedApi,
  view: View,
  rules: Rules,
  input: Partial<ConclusionInput> & { readonly now: number },
): Decision {
  const { now, grace = {}, failures = [] } = input
  const planned = plan(api, view, rules, failures)
  const { writes, obsolete, annotate } = planned
  return {
    objects: writes.map(({ object }) => object),
    obsolete,
    annotate,
    ...conclude(planned, view, rules, { now, grace, failures }),
  }
}
