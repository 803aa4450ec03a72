/**
 * Which Events a status write is worth.
 *
 * The status holds everything, so an Event only says that something has changed: a condition that flipped, or advice that
 * is new. `Ready` gets none, since the condition that decides it tells the cause. A roll-out must not double its writes:
 * what turns True when an API is born is no news, nor is it that endpoints and addresses come a moment after the API.
 */
import type { ConditionType, ExposedApi, KubeObject } from '@exposedapi/core'
import { type Condition, GOOD_REASONS } from '@exposedapi/core/engine'
import type { EventInput, EventSink } from '@exposedapi/kube'

/** These are False at the birth of nearly every API, and nobody needs to act. */
const AWAITED: readonly string[] = ['ImplementationReady', 'AddressAssigned'] satisfies readonly ConditionType[]

/** The Events of a status write, from the conditions before it to those after it. Pure. */
export function eventsOf(
  regarding: KubeObject,
  before: readonly Condition[],
  after: readonly Condition[],
): readonly EventInput[] {
  return after.flatMap((now) => {
    const type = news(now, before)
    return type === undefined
      ? []
      : [{ regarding, type, reason: now.reason, note: `${now.type}: ${now.message || now.reason}` }]
  })
}

/** Records the Events of a status that has just been written. */
export function recordStatus(events: EventSink | undefined, api: ExposedApi, after: readonly Condition[] = []): void {
  for (const event of eventsOf(api, api.status.conditions ?? [], after)) events?.record(event)
}

function news(now: Condition, all: readonly Condition[]): EventInput['type'] | undefined {
  if (!isOurs(now.type)) return undefined
  const before = all.find(({ type }) => type === now.type)
  if (now.status === 'False') return isNewTrouble(now, before) ? 'Warning' : undefined
  if (now.status !== 'True') return undefined
  if (now.reason !== GOOD_REASONS[now.type]) return isNewAdvice(now, before) ? 'Warning' : undefined
  if (before?.status !== 'False' || before.reason === 'NotRouted') return undefined
  return AWAITED.includes(now.type) && isSinceBirth(before, all) ? undefined : 'Normal'
}

function isOurs(type: string): type is ConditionType {
  return Object.hasOwn(GOOD_REASONS, type)
}

/** NotRouted only follows from another condition, which tells the cause. */
function isNewTrouble(now: Condition, before: Condition | undefined): boolean {
  // A route that could not be closed is news, whatever was wrong before.
  if (now.reason === 'StillOpen') return before?.reason !== 'StillOpen'
  if (before?.status === 'False' || now.reason === 'NotRouted') return false
  return before !== undefined || !AWAITED.includes(now.type)
}

function isNewAdvice(now: Condition, before: Condition | undefined): boolean {
  return before?.status !== 'True' || before.reason !== now.reason || before.message !== now.message
}

/** It has not flipped since the first status of the API: no other condition is older. */
function isSinceBirth(condition: Condition, all: readonly Condition[]): boolean {
  return all.every(({ lastTransitionTime }) => condition.lastTransitionTime <= lastTransitionTime)
}
