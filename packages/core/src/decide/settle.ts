/**
 * Plays the operator on a world without time: plan, write, conclude, say, again and again until nothing changes.
 *
 * For everything that has no cluster: the command line on files, and tests.
 */
import { type KubeObject, nameOf, type RenderedObject, sameJson, type View } from '@exposedapi/objects'
import type { AppliedAnnotations } from '../adapters/metrics.ts'
import type { ExposedApi, ExposedApiStatus } from '../model/exposed-api.ts'
import { type Conclusion, conclude } from './conclude/conclude.ts'
import { statusPatch } from './conclude/status.ts'
import { isReady, type Plan, plan } from './plan/plan.ts'
import type { Rules } from './rules/rules.ts'

/** A world that can be written to. */
export interface World {
  readonly view: View
  /** Every ExposedAPI, as it is now. */
  apis(): readonly ExposedApi[]
  /** Stores an object. Returns whether that changed anything. */
  write(object: RenderedObject): boolean
  /** Takes an object away. */
  remove(object: KubeObject): void
  /**
   * Applies annotations to an object of somebody else, in the name of an API. Returns whether that changed anything. Default: what
   * is to be annotated is told by the plan, and never done.
   */
  annotate?(entry: AppliedAnnotations, api: ExposedApi): boolean
  /** Stores the status of an API. */
  say(api: ExposedApi, status: ExposedApiStatus): void
}

/** What was done and said about one API in the end. */
export interface Settled {
  readonly plan: Plan
  readonly conclusion: Conclusion
}

/** More passes than a chain of nested APIs can need, each of which waits for the one below. */
const PASSES = 32

/**
 * Settles the world; the outcome by `namespace/name`. `now` is milliseconds since the epoch; nothing ages meanwhile. Throws if the
 * world does not come to rest, which would be a fault of an adapter.
 */
export function settle(world: World, rules: Rules, now = 0): ReadonlyMap<string, Settled> {
  for (let pass = 0; pass < PASSES; pass++) {
    const settled = new Map<string, Settled>()
    let changes = 0
    for (const api of world.apis()) {
      const { outcome, changed } = settleOne(api, world, rules, now)
      settled.set(nameOf(api), outcome)
      changes += changed
    }
    if (changes === 0) return settled
  }
  throw new Error(`nothing settled after ${PASSES} passes: an adapter renders something different each time`)
}

function settleOne(api: ExposedApi, world: World, rules: Rules, now: number) {
  const planned = plan(api, world.view, rules)
  const changed = carryOut(planned, world, rules)
  const conclusion = conclude(planned, world.view, rules, { now, grace: {}, failures: [] })
  const { status } = conclusion
  const isNews = status !== undefined && statusPatch(api, status) !== undefined
  if (isNews) world.say(api, status)
  return { outcome: { plan: planned, conclusion }, changed: changed + (isNews ? 1 : 0) }
}

/** Returns how much has changed. */
function carryOut({ api, writes, obsolete, annotate }: Plan, world: World, rules: Rules): number {
  let changes = 0
  for (const rendered of writes) {
    if (world.write(rendered.object)) changes++
    if (!isReady(rendered, world.view, rules)) return changes
  }
  for (const object of obsolete) world.remove(object)
  return changes + obsolete.length + annotate.filter((entry) => world.annotate?.(entry, api)).length
}

/** Does a stored object have the content of a rendered one? For worlds that keep objects as they are written. */
export function hasContent(stored: KubeObject | undefined, rendered: RenderedObject): boolean {
  if (!stored) return false
  const { metadata, ...body } = rendered
  const { metadata: before, ...content } = stored
  return sameJson(content, body) && sameJson(before.labels, metadata.labels)
}
