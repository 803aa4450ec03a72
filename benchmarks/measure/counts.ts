/** The API server's own request counters: what a subject says about itself is no evidence. */
import { type Connection, request } from '@exposedapi/testbed'

/** Resources whose requests count. Leases are the API server's own: no subject runs with an election. */
const RESOURCES = new Set([
  'exposedapis',
  'components',
  'virtualservices',
  'servicemonitors',
  'gateways',
  'endpointslices',
  'services',
  'namespaces',
  'events',
  'customresourcedefinitions',
])

/** Requests so far, by `VERB resource[/subresource][ code]`. A watch counts when it ends. */
export async function requestCounts(connection: Connection): Promise<Map<string, number>> {
  const { body } = await request(connection, { path: '/metrics', accept: 'text/plain' })
  const counts = new Map<string, number>()
  for (const line of String(body).split('\n')) {
    const parts = /^apiserver_request_total\{(.*)\} (\S+)$/.exec(line)
    if (!parts) continue
    const labels = new Map([...(parts[1] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]))
    const { verb, resource, subresource, code } = Object.fromEntries(labels)
    if (!RESOURCES.has(resource ?? '')) continue
    const failed = (code ?? '') >= '400' ? ` ${code}` : ''
    const key = `${verb} ${resource}${subresource ? `/${subresource}` : ''}${failed}`
    counts.set(key, (counts.get(key) ?? 0) + Number(parts[2]))
  }
  return counts
}

/** What was added between two counts, as an object for the results file. */
export function difference(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>) {
  const added = [...after].map(([key, count]) => [key, count - (before.get(key) ?? 0)] as const)
  return Object.fromEntries(added.filter(([key, count]) => count !== 0 && !isOfTheServer(key)).sort())
}

/** Does a key name a write? */
export function isWrite(key: string): boolean {
  return /^(POST|PUT|PATCH|APPLY|DELETE|DELETECOLLECTION) /.test(key)
}

/** The API server looks after the slice of its own Service every ten seconds, and after its own Lease. */
export function isOfTheServer(key: string): boolean {
  return key === 'GET endpointslices' || / leases$/.test(key)
}
