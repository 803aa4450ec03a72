/** What the operator wrote, by the audit log of the API server: the only witness that cannot be deceived by a cache. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type AuditEvent, auditEvents, isWrite } from '@exposedapi/testbed'
import { type Canvas, OPERATOR_USER } from '@exposedapi/testbed/canvas'

/** Every write of the operator since the Canvas was started: refused ones too, and Events. */
export async function operatorWrites({ testbed }: Canvas): Promise<AuditEvent[]> {
  return (await auditEvents(testbed)).filter((event) => event.user === OPERATOR_USER && isWrite(event))
}

/** Writes of the operator while something goes on; or in so many milliseconds, for which nothing can be awaited. */
export async function writesDuring(canvas: Canvas, what: number | (() => Promise<unknown>)): Promise<AuditEvent[]> {
  const before = (await operatorWrites(canvas)).length
  await (typeof what === 'number' ? sleep(what) : what())
  return (await operatorWrites(canvas)).slice(before)
}

/** Without those that only tell what happened. */
export function withoutEvents(writes: readonly AuditEvent[]): readonly AuditEvent[] {
  return writes.filter(({ resource }) => resource !== 'events')
}

/** How many of each: `{ 'patch exposedapis': 3 }`. */
export function tally(events: readonly AuditEvent[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { verb, resource, subresource } of events) {
    const what = `${verb} ${resource}${subresource === '' ? '' : `/${subresource}`}`
    counts[what] = (counts[what] ?? 0) + 1
  }
  return Object.fromEntries(Object.entries(counts).sort())
}
