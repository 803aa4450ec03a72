/** An operator that may look into some namespaces only: Roles instead of a ClusterRole. */
import { progressTo } from '@exposedapi/testbed'
import { type Canvas, type Manifest, namespace, type OperatorProcess, startCanvas } from '@exposedapi/testbed/canvas'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { isReady, served } from '../support/exposed-api.ts'
import { launchOperator, operatorRole } from '../support/operator.ts'

const ACCOUNT = { kind: 'ServiceAccount', namespace: 'exposedapi-system', name: 'exposedapi-operator' }
const RBAC = '/apis/rbac.authorization.k8s.io/v1'

let canvas: Canvas
let rules: Manifest['rules']
let operator: OperatorProcess

/** Grants rules in one namespace. */
async function allow(where: string, name: string, granted: readonly object[]): Promise<void> {
  const create = async (plural: string, body: object) => {
    await canvas.api.client.request({ method: 'POST', path: `${RBAC}/namespaces/${where}/${plural}`, body })
  }
  const metadata = { name, namespace: where }
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name }
  await create('roles', { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata, rules: granted })
  await create('rolebindings', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata,
    roleRef,
    subjects: [ACCOUNT],
  })
}

async function allowNamespaces(): Promise<void> {
  const name = 'namespace-reader'
  const granted = [{ apiGroups: [''], resources: ['namespaces'], verbs: ['list', 'watch'] }]
  await canvas.api.apply(
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules: granted },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [ACCOUNT],
    },
  )
}

async function start(namespaces: string): Promise<OperatorProcess> {
  operator = await launchOperator(canvas, {
    COMPONENT_NAMESPACE: namespaces,
    APIOPERATORISTIO_GATEWAYSERVICE: 'istio-ingress/istio-ingress',
  })
  return operator
}

async function expectServed(where: string, name: string): Promise<void> {
  await canvas.api.apply(...served(where, name))
  await canvas.api.until('ExposedAPI', where, name, isReady)
}

beforeAll(async () => {
  canvas = await startCanvas({ progress: progressTo(process.stderr) })
  rules = (await operatorRole()).rules
  const reading = ['get', 'list', 'watch']
  await allow('canvas', 'gateways', [{ apiGroups: ['networking.istio.io'], resources: ['gateways'], verbs: reading }])
  await allow('istio-ingress', 'services', [{ apiGroups: [''], resources: ['services'], verbs: reading }])
  await allow('components', 'operator', rules)
  await canvas.api.apply(namespace('t-1'), namespace('t-2'), namespace('t-3'))
  await allow('t-1', 'operator', rules)
})

afterEach(async () => {
  await operator.kill()
})

afterAll(async () => {
  await canvas?.[Symbol.asyncDispose]()
})

it('serves the namespaces that are named, and tells which rules are missing beyond them', async () => {
  await (await start('components,t-1')).ready()
  await expectServed('components', 'first')
  await expectServed('t-1', 'second')
  const ready = await operator.http('/readyz')
  expect(ready.status).toBe(200)
  const expected = [
    'ok',
    'no permission to list and watch services in all namespaces',
    'no permission to list and watch customresourcedefinitions.apiextensions.k8s.io',
  ]
  expect(ready.text.split('\n')).toEqual(expect.arrayContaining(expected))
  const logged = operator.log.map(({ missing }) => missing)
  expect(logged).toContain('list and watch exposedapis.oda.tmforum.org in all namespaces')
  expect(logged).toContain('list and watch customresourcedefinitions.apiextensions.k8s.io')
  expect((await operator.http('/healthz')).status).toBe(200)
})

it('waits for a namespace without a Role, names the rule in /readyz, and begins by itself once it is there', async () => {
  await start('components,t-2')
  const rule = 'list and watch exposedapis.oda.tmforum.org in namespace t-2'
  await operator.logged(({ missing }) => missing === rule)
  const waiting = await operator.http('/readyz')
  expect(waiting.status).toBe(503)
  expect(waiting.text).toContain(`exposedapis.oda.tmforum.org: no permission to ${rule}`)
  expect((await operator.http('/healthz')).status).toBe(200)
  await allow('t-2', 'operator', rules)
  await operator.ready()
  await expectServed('t-2', 'third')
})

it('globs: names the rule without which they cannot be served, and serves what is named', async () => {
  await (await start('components,t-*')).ready()
  expect(operator.log.find(({ msg }) => msg.startsWith('no permission to list and watch namespaces'))).toMatchObject({
    globs: ['t-*'],
    missing: 'list and watch namespaces',
  })
  expect(await operator.http('/readyz')).toMatchObject({
    status: 503,
    text: expect.stringContaining('no permission to list and watch namespaces, needed for the namespace patterns t-*'),
  })
  await expectServed('components', 'fourth')
})

it('globs: follows namespaces as they come, where namespaces may be listed', async () => {
  await allow('t-3', 'operator', rules)
  await allowNamespaces()
  await (await start('t-*')).ready()
  await expectServed('t-1', 'fifth')
  await expectServed('t-3', 'sixth')
  await canvas.api.apply(namespace('t-late'))
  await allow('t-late', 'operator', rules)
  await expectServed('t-late', 'seventh')
})
