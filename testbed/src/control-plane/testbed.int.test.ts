import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Answer,
  auditEvents,
  binaries,
  crds,
  isWrite,
  progressTo,
  type Request,
  readConnection,
  request,
  startTestbed,
  type Testbed,
} from '../index.ts'
import { until } from './until.ts'

let testbed: Testbed
let startedInMs: number

beforeAll(async () => {
  const custom = await crds(['virtualservices.networking.istio.io', 'components.oda.tmforum.org'])
  await binaries(progressTo(process.stderr))
  const begin = Date.now()
  testbed = await startTestbed({ audit: true, crds: custom })
  startedInMs = Date.now() - begin
})
afterAll(async () => testbed?.[Symbol.asyncDispose]())

const ask = (what: Request): Promise<Answer> => request(testbed.admin, what)
const post = (path: string, body: object): Promise<Answer> => ask({ method: 'POST', path, body })

async function created(path: string, body: object): Promise<{ metadata: { name: string; uid: string } }> {
  const answer = await post(path, body)
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 201 })
  return answer.body as { metadata: { name: string; uid: string } }
}

function gone(path: string): Promise<true> {
  return until(`${path} to be gone`, async () => (await ask({ path })).status === 404)
}

const configMap = (name: string, ownerReferences: object[] = []) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ownerReferences },
})
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'

test('it starts in seconds and serves its administrator', async () => {
  expect(startedInMs).toBeLessThan(20_000)
  expect(testbed.hasControllers).toBe(true)
  expect(await ask({ path: '/api/v1/namespaces' })).toMatchObject({ status: 200, body: { kind: 'NamespaceList' } })
  expect(await ask({ path: '/version' })).toMatchObject({
    body: { gitVersion: expect.stringMatching(/^v1\.\d+\.\d+$/) },
  })
})

test('the kubeconfig on disk is the administrator and readable by nobody else', async () => {
  expect(await readConnection(testbed.kubeconfig)).toEqual(testbed.admin)
  expect((await stat(testbed.kubeconfig)).mode & 0o077).toBe(0)
})

test('an object whose owner is deleted goes too', async () => {
  const owner = await created(CONFIG_MAPS, configMap('owner'))
  await created(
    CONFIG_MAPS,
    configMap('child', [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid }]),
  )
  await ask({ method: 'DELETE', path: `${CONFIG_MAPS}/owner` })
  await gone(`${CONFIG_MAPS}/child`)
})

test('an owner of a custom kind counts from the first moment', async () => {
  await deletedWithOwner('oda.tmforum.org/v1', 'Component', 'components')
})

test('an owner of a kind installed later counts as well', async () => {
  await testbed.install(await crds(['gateways.networking.istio.io']))
  await deletedWithOwner('networking.istio.io/v1', 'Gateway', 'gateways')
})

async function deletedWithOwner(apiVersion: string, kind: string, plural: string): Promise<void> {
  const owners = `/apis/${apiVersion}/namespaces/default/${plural}`
  const name = `owner-${plural}`
  const spec =
    kind === 'Gateway'
      ? { selector: {}, servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }] }
      : {}
  const owner = await created(owners, { apiVersion, kind, metadata: { name }, spec })
  await created(CONFIG_MAPS, configMap(`child-of-${plural}`, [{ apiVersion, kind, name, uid: owner.metadata.uid }]))
  await ask({ method: 'DELETE', path: `${owners}/${name}` })
  await gone(`${CONFIG_MAPS}/child-of-${plural}`)
}

test('a deleted namespace takes its objects along and ends', async () => {
  await created('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'short-lived' } })
  await created('/api/v1/namespaces/short-lived/configmaps', configMap('inside'))
  await ask({ method: 'DELETE', path: '/api/v1/namespaces/short-lived' })
  await gone('/api/v1/namespaces/short-lived')
})

test('a Service gets an EndpointSlice with its ready Pod', async () => {
  await created('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' } })
  await created('/api/v1/namespaces/default/services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
  })
  await created('/api/v1/namespaces/default/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-1', labels: { app: 'web' } },
    spec: { nodeName: 'node-1', containers: [{ name: 'web', image: 'none' }] },
  })
  const status = {
    phase: 'Running',
    podIP: '10.244.0.7',
    podIPs: [{ ip: '10.244.0.7' }],
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: new Date().toISOString() }],
  }
  const path = '/api/v1/namespaces/default/pods/web-1/status'
  await ask({ method: 'PATCH', path, body: { status }, contentType: 'application/merge-patch+json' })

  const slices =
    '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=kubernetes.io/service-name%3Dweb'
  const ready = await until('an endpoint', async () => {
    const { body } = await ask({ path: slices })
    const [slice] = (body as { items: { endpoints?: { addresses: string[]; conditions: { ready: boolean } }[] }[] })
      .items
    return slice?.endpoints?.find(({ conditions }) => conditions.ready)
  })
  expect(ready.addresses).toEqual(['10.244.0.7'])
})

test('a service account may do what RBAC grants it and nothing else', async () => {
  const account = await readConnection(await testbed.serviceAccount('team-a', 'reader'))
  const path = '/api/v1/namespaces/team-a/configmaps'
  expect(await request(account, { path })).toMatchObject({
    status: 403,
    body: { message: expect.stringContaining('system:serviceaccount:team-a:reader') },
  })

  await created('/apis/rbac.authorization.k8s.io/v1/namespaces/team-a/rolebindings', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'reader-views' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace: 'team-a' }],
  })
  await until('the grant to take effect', async () => (await request(account, { path })).status === 200)
  expect(await request(account, { method: 'POST', path, body: configMap('x') })).toMatchObject({ status: 403 })
  expect(await request(account, { path: '/api/v1/namespaces/default/configmaps' })).toMatchObject({ status: 403 })
})

test('the audit log counts every write and who asked for it', async () => {
  const account = await readConnection(await testbed.serviceAccount('team-b', 'writer'))
  const writes = async () =>
    (await auditEvents(testbed)).filter((event) => isWrite(event) && event.name.startsWith('audited'))
  expect(await writes()).toEqual([])

  await created(CONFIG_MAPS, configMap('audited'))
  await ask({ path: `${CONFIG_MAPS}/audited` })
  await request(account, { method: 'DELETE', path: `${CONFIG_MAPS}/audited` })
  expect(await writes()).toMatchObject([
    { verb: 'create', resource: 'configmaps', namespace: 'default', name: 'audited', user: 'admin', code: 201 },
    { verb: 'delete', resource: 'configmaps', name: 'audited', user: 'system:serviceaccount:team-b:writer', code: 403 },
  ])
})

test('every part comes back on its port with its data after a kill', async () => {
  await created(CONFIG_MAPS, configMap('survivor'))
  for (const part of ['kube-controller-manager', 'kube-apiserver', 'etcd'] as const) await testbed.stop(part, 'SIGKILL')
  await expect(ask({ path: '/readyz' })).rejects.toThrow('ECONNREFUSED')
  for (const part of ['etcd', 'kube-apiserver', 'kube-controller-manager'] as const) await testbed.start(part)
  expect(await ask({ path: `${CONFIG_MAPS}/survivor` })).toMatchObject({ status: 200 })
  expect(await testbed.logs('kube-apiserver')).toContain('\n')
})

test('a frozen API server keeps connections open and answers after it is thawed', async () => {
  await testbed.freeze('kube-apiserver')
  const answer = ask({ path: '/readyz' })
  expect(await Promise.race([answer, sleep(500, 'silence')])).toBe('silence')
  await testbed.thaw('kube-apiserver')
  expect(await answer).toMatchObject({ status: 200 })
})

test('an API server that is asked to stop does so in seconds though clients watch', async () => {
  const begin = Date.now()
  await testbed.stop('kube-apiserver')
  expect(Date.now() - begin).toBeLessThan(10_000)
  await testbed.start('kube-apiserver')
})
