import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { readConnection } from './kubeconfig.ts'
import { request } from './request.ts'
import type { Testbed } from './testbed.ts'
import { until } from './until.ts'

/** One request that the API server has answered. Fields that the request had no use for are empty. */
export interface AuditEvent {
  readonly verb: string
  readonly resource: string
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  readonly user: string
  readonly code: number
  readonly userAgent: string
  readonly requestURI: string
  readonly stageTimestamp: string
}

const WRITES: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'delete', 'deletecollection'])

/** Whether the request asked for a change. A refused one (see `code`) and one that changed nothing count too. */
export function isWrite(event: AuditEvent): boolean {
  return WRITES.has(event.verb)
}

/**
 * Every request so far, oldest first; watches appear when they end. Needs `startTestbed({ audit: true })`.
 *
 * An event is written just after its response was sent, so we first send a request that nobody else sends and wait for it to appear:
 * what was answered before the call is then in the list.
 */
export async function auditEvents(testbed: Pick<Testbed, 'auditLog' | 'kubeconfig'>): Promise<AuditEvent[]> {
  const { auditLog } = testbed
  if (auditLog === undefined) throw new Error('testbed: there is no audit log: start the test bed with { audit: true }')
  const marker = `/version?testbed=${randomUUID()}`
  await request(await readConnection(testbed.kubeconfig), { path: marker })
  const text = await until('the audit event of our own request', async () => {
    const read = await readFile(auditLog, 'utf8')
    return read.includes(marker) && read
  })
  return parseAuditLog(text).filter((event) => !event.requestURI.startsWith('/version?testbed='))
}

/** Parses an audit log. Its last line may be half written: what follows the last line break is left out. */
export function parseAuditLog(text: string): AuditEvent[] {
  const lines = text.split('\n').slice(0, -1)
  return lines.filter((line) => line !== '').map((line) => auditEvent(JSON.parse(line)))
}

interface LoggedEvent {
  readonly verb: string
  readonly requestURI: string
  readonly stageTimestamp: string
  readonly userAgent?: string
  readonly user?: { readonly username?: string }
  readonly responseStatus?: { readonly code?: number }
  readonly objectRef?: {
    readonly resource?: string
    readonly subresource?: string
    readonly namespace?: string
    readonly name?: string
  }
}

function auditEvent({
  verb,
  requestURI,
  stageTimestamp,
  userAgent = '',
  user,
  responseStatus,
  objectRef,
}: LoggedEvent): AuditEvent {
  return {
    verb,
    resource: objectRef?.resource ?? '',
    subresource: objectRef?.subresource ?? '',
    namespace: objectRef?.namespace ?? '',
    name: objectRef?.name ?? '',
    user: user?.username ?? '',
    code: responseStatus?.code ?? 0,
    userAgent,
    requestURI,
    stageTimestamp,
  }
}
