/** What clients get when protection or the implementation is missing, and what the status says meanwhile. */
import { exposedApi } from '@exposedapi/testbed/canvas'
import { expect, it } from 'vitest'
import { condition, isNotReady, isReady, says } from '../support/exposed-api.ts'
import { meshStage } from './support/mesh-stage.ts'

const stage = meshStage('backends')
const KEY = { apiKeyVerification: { enabled: true, location: 'request.header.x-api-key' } }

it('an API key that nobody can verify closes the API, and the API is not ready', async () => {
  const place = await stage.place()
  await stage.serve(place.namespace, 'locked')
  await stage.api.apply(exposedApi(place.namespace, 'locked', { path: place.at('/k'), ...KEY }))
  const api = await stage.routed(place.namespace, 'locked', says('RouteProgrammed', 'False', 'Denied'))
  for (const path of ['/k', '/k/x']) {
    const answer = await stage.mesh.request(place.at(path), { headers: { 'x-api-key': 'good' } })
    expect([stage.who(answer), answer.text]).toEqual([503, expect.stringContaining('apiKeyVerification')])
  }
  expect(isNotReady(api)).toBe(true)
  expect(condition(api, 'PoliciesEnforced')).toMatchObject({ status: 'False', reason: 'Unsupported' })
})

it('an operator that only warns serves the same API', async () => {
  await using _operator = await stage.operator({ COMPONENT_NAMESPACE: 'warn-*', UNSUPPORTED_POLICY: 'warn' })
  const place = await stage.place('warn')
  await place.expose('open', '/k', KEY)
  const api = await stage.routed(place.namespace, 'open', isReady)
  expect(await place.answers('/k', '/k/x')).toEqual({ '/k': 'open', '/k/x': 'open' })
  expect(condition(api, 'PoliciesEnforced')?.status).toBe('False')
  await stage.api.delete('ExposedAPI', place.namespace, 'open')
})

it('without a Service the answer is 503, without a ready Pod too; when the Pod is ready, it is 200', async () => {
  const place = await stage.place()
  const { namespace } = place
  await stage.api.apply(exposedApi(namespace, 'late', { path: place.at('/l') }))
  await stage.routed(namespace, 'late', says('ImplementationReady', 'False', 'ServiceNotFound'))
  expect(await place.answers('/l')).toEqual({ '/l': 503 })

  await stage.serve(namespace, 'late', false)
  await stage.routed(namespace, 'late', says('ImplementationReady', 'False', 'NoReadyEndpoint'))
  const unhealthy = await stage.mesh.request(place.at('/l'))
  expect([unhealthy.status, unhealthy.text]).toEqual([503, 'no healthy upstream'])

  await stage.serve(namespace, 'late', true)
  await stage.routed(namespace, 'late', isReady)
  await expect.poll(() => place.answers('/l')).toEqual({ '/l': 'late' })

  await stage.serve(namespace, 'late', false)
  await stage.routed(namespace, 'late', isNotReady)
  await expect.poll(() => place.answers('/l')).toEqual({ '/l': 503 })
})

it('a port that the Service lacks is 503 and reported, and a corrected one serves', async () => {
  const place = await stage.place()
  const { namespace } = place
  await stage.serve(namespace, 'port')
  await stage.api.apply(exposedApi(namespace, 'port', { path: place.at('/p'), port: 9999 }))
  await stage.routed(namespace, 'port', says('ImplementationReady', 'False', 'PortNotFound'))
  expect(await place.answers('/p')).toEqual({ '/p': 503 })
  await stage.api.patch('ExposedAPI', namespace, 'port', { spec: { port: 8080 } })
  await stage.routed(namespace, 'port', isReady)
  await expect.poll(() => place.answers('/p')).toEqual({ '/p': 'port' })
})
