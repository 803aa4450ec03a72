/** The mesh itself, without an operator: if this fails, no other mesh test means anything. */
import { ApiError } from '@exposedapi/kube'
import { expect, it } from 'vitest'
import { gateway, http, virtualService } from './support/istio-objects.ts'
import { meshStage } from './support/mesh-stage.ts'

const stage = meshStage('smoke', { withoutOperator: true })

it('a request goes through Envoy to the Pod behind the Service that a VirtualService names', async () => {
  const { namespace, at } = await stage.place()
  await stage.serve(namespace, 'pets')
  const match = [{ uri: { exact: at('/a') } }, { uri: { prefix: at('/a/') } }]
  const route = [{ destination: { host: 'pets-svc', port: { number: 8080 } } }]
  await stage.api.create(virtualService(namespace, 'pets', { match, route }))
  await stage.mesh.settled()
  expect(await stage.answers([at('/a'), at('/a/b'), at('/ab')], at('').length)).toEqual({
    '/a': 'pets',
    '/a/b': 'pets',
    '/ab': 404,
  })
  await stage.api.delete('VirtualService', namespace, 'pets')
})

it("Istio's webhook refuses what Envoy would choke on", async () => {
  const { namespace } = await stage.place()
  const directResponse = { status: 99 }
  const refused = stage.api.create(virtualService(namespace, 'bad', { directResponse }))
  await expect(refused).rejects.toThrow(ApiError)
  await expect(refused).rejects.toThrow(/status/)
})

it('of two Gateways on one port the older one comes first, whatever the age of the VirtualServices', async () => {
  const { namespace, at } = await stage.place()
  await stage.api.apply(gateway('younger', http('*')))
  const match = [{ uri: { prefix: at('/') } }]
  const older = virtualService(namespace, 'a-older', { match, directResponse: { status: 218 } })
  await stage.api.create({ ...older, spec: { ...older.spec, gateways: ['canvas/younger'] } })
  await stage.mesh.settled()
  expect((await stage.mesh.request(at('/'))).status).toBe(218)

  await stage.api.create(virtualService(namespace, 'b-younger', { match, directResponse: { status: 219 } }))
  await stage.mesh.settled()
  expect((await stage.mesh.request(at('/'))).status).toBe(219)

  for (const name of ['a-older', 'b-younger']) await stage.api.delete('VirtualService', namespace, name)
  await stage.api.delete('Gateway', 'canvas', 'younger')
})
