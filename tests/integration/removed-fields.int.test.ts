/**
 * What is taken out of a spec goes from the cluster: each object that was changed equals one that never was anything else.
 */
import type { Manifest } from '@exposedapi/testbed/canvas'
import { describe, expect, it } from 'vitest'
import { api, isReady, served } from '../support/exposed-api.ts'
import { stage } from '../support/stage.ts'

const set = stage({ environment: { APIOPERATORISTIO_PUBLICHOSTNAME: 'canvas.example.com' } })

const CORS = { enabled: true, allowOrigins: 'https://shop.example.com', allowCredentials: true }
const CREDENTIALS = { username: { name: 'scrape', key: 'user' }, password: { name: 'scrape', key: 'pass' } }

/** Fields that are there first, and what becomes of them; `null` takes one out, as in a merge patch. */
const CHANGES: readonly { what: string; before: object; after: object; kind?: string }[] = [
  { what: 'CORS', before: { CORS }, after: { CORS: null } },
  { what: 'CORS.enabled', before: { CORS }, after: { CORS: { enabled: false } } },
  { what: 'CORS.allowCredentials', before: { CORS }, after: { CORS: { allowCredentials: false } } },
  {
    what: 'CORS.handlePreflightRequests.maxAge',
    before: { CORS: { ...CORS, handlePreflightRequests: { maxAge: 60 } } },
    after: { CORS: { handlePreflightRequests: { maxAge: 0 } } },
  },
  {
    what: 'the mcp type',
    before: { apiType: 'mcp' },
    after: { apiType: 'openapi' },
  },
  {
    what: 'basicAuth',
    before: { apiType: 'prometheus', basicAuth: CREDENTIALS },
    after: { basicAuth: null },
    kind: 'ServiceMonitor',
  },
]

describe('what is taken out of a spec', () => {
  it.each(CHANGES)('$what', async ({ before, after, kind = 'VirtualService' }) => {
    const [changed, fresh] = [await set.namespace(), await set.namespace()]
    await set.api.apply(...served(changed, 'shop', before), ...served(fresh, 'shop', before))
    const old = await set.api.until(kind, changed, 'shop', (object) => object !== undefined)
    await set.api.delete('ExposedAPI', fresh, 'shop')
    await set.api.until(kind, fresh, 'shop', (object) => object === undefined)

    await set.api.patch('ExposedAPI', changed, 'shop', { spec: after })
    const { spec } = (await set.api.get('ExposedAPI', changed, 'shop')) as Manifest
    await set.api.apply(api(fresh, 'shop', { ...(spec as object), path: `/${fresh}/shop` }))
    // Of the API that is there now: a repair of the deleted one may still be on its way to the garbage collector.
    const { uid } = ((await set.api.get('ExposedAPI', fresh, 'shop')) as Manifest).metadata
    const right = await set.api.until(kind, fresh, 'shop', (object) => isOwnedBy(object, uid))
    expect(essence(old), 'the change shows in the object').not.toBe(essence(right))
    await set.api.until(kind, changed, 'shop', (object) => essence(object) === essence(right))
  })

  it('the condition on a host name in the copy of a nested API', async () => {
    const namespace = await set.namespace()
    const hostname = 'outer.example.com'
    await set.api.apply(...served(namespace, 'outer', { path: '/outer', hostname }))
    await set.api.apply(...served(namespace, 'inner', { path: '/outer/inner' }))
    await set.api.until('ExposedAPI', namespace, 'inner', isReady)
    await set.api.patch('ExposedAPI', namespace, 'inner', { spec: { hostname } })
    await set.api.until('VirtualService', namespace, 'outer', (route) => {
      const rules = (route?.spec.http ?? []) as { match: { uri: object; authority?: object }[] }[]
      return rules.length === 2 && rules.every(({ match }) => match.every(({ authority }) => authority === undefined))
    })
  })
})

function isOwnedBy(object: Manifest | undefined, uid: unknown): boolean {
  const owners = (object?.metadata.ownerReferences ?? []) as readonly { readonly uid: string }[]
  return owners.some((owner) => owner.uid === uid)
}

/** What is rendered of an object, without the namespace that its paths and names hold. */
function essence(object: Manifest | undefined): string {
  if (!object) return 'none'
  return JSON.stringify(object.spec).replaceAll(String(object.metadata.namespace), 'NAMESPACE')
}
