import { randomUUID } from 'node:crypto'
import type { Connection } from './kubeconfig.ts'
import { refused, request } from './request.ts'
import { until } from './until.ts'

const DEADLINE_MS = 60_000
const CONFIG_MAPS = '/api/v1/namespaces/kube-system/configmaps'

/**
 * Waits until the garbage collector works, which is when it knows every kind that was there at its start.
 *
 * The controller manager's health says less: it is good before any controller runs. So we leave an object whose owner never existed
 * and wait until it is collected. `failed` throws when the wait is in vain.
 */
export async function untilCollecting(admin: Connection, failed: () => Promise<void>): Promise<void> {
  const name = `testbed-probe-${randomUUID()}`
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: `${name}-owner`, uid: randomUUID() }
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ownerReferences: [owner] } }
  const made = await request(admin, { method: 'POST', path: CONFIG_MAPS, body })
  if (made.status !== 201) throw refused(`create ConfigMap kube-system/${name}`, made)
  const collected = async (): Promise<boolean> => {
    await failed()
    return (await request(admin, { path: `${CONFIG_MAPS}/${name}` })).status === 404
  }
  await until('the garbage collector to work', collected, DEADLINE_MS)
}
