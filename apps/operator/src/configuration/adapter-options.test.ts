import type { OptionSchema } from '@exposedapi/core'
import { describe, expect, it } from 'vitest'
import { type AnyDescriptor, adapterOptions } from './adapter-options.ts'
import { BUILT_IN } from './descriptors.ts'
import { ConfigurationError } from './error.ts'

/** What an option means as a text and as JSON; every option of every adapter has a row, or the first test fails. */
const VALUES: Readonly<Record<string, { readonly text: string; readonly value: unknown }>> = {
  'istio gateway': { text: 'canvas/gw', value: 'canvas/gw' },
  'istio publicHostname': { text: 'api.example.com:8443', value: 'api.example.com:8443' },
  'istio publicScheme': { text: 'https', value: 'https' },
  'istio publicPort': { text: '8443', value: 8443 },
  'istio gatewayService': { text: 'mesh/ingress', value: 'mesh/ingress' },
  'istio gatewayPods': { text: 'true', value: true },
  'istio nodePorts': { text: 'true', value: true },
  'istio paths': { text: 'legacy', value: 'legacy' },
  'istio compatUrl': { text: 'true', value: true },
  'istio clusterDomain': { text: 'example.org', value: 'example.org' },
  'gateway-api gateway': { text: 'canvas/gw', value: 'canvas/gw' },
  'gateway-api sectionName': { text: 'https', value: 'https' },
  'gateway-api publicHostname': { text: 'api.example.com:8443', value: 'api.example.com:8443' },
  'gateway-api publicScheme': { text: 'https', value: 'https' },
  'gateway-api publicPort': { text: '8443', value: 8443 },
  'ServiceMonitor labels': { text: 'release=stack, team=', value: { release: 'stack', team: '' } },
  'ServiceMonitor interval': { text: '1d', value: '1d' },
  'ServiceMonitor scheme': { text: 'https', value: 'https' },
  'ServiceMonitor apiGroup': { text: 'azmonitoring.coreos.com', value: 'azmonitoring.coreos.com' },
  'PrometheusAnnotation scheme': { text: 'https', value: 'https' },
  'DataDogAnnotation namespace': { text: 'canvas', value: 'canvas' },
}

const OPTIONS = BUILT_IN.flatMap((descriptor) =>
  Object.keys(descriptor.jsonSchema.properties ?? {}).map((option) => ({
    descriptor,
    option,
    name: `${descriptor.name} ${option}`,
    variable: (descriptor.variables as Readonly<Record<string, string>>)[option] ?? '',
  })),
)
const NO_JSON = { variable: 'GATEWAY_OPTIONS', text: undefined }
const [istio, , serviceMonitor] = BUILT_IN as [AnyDescriptor, AnyDescriptor, AnyDescriptor]

describe('each option of each adapter', () => {
  it('has a row here', () => {
    expect(OPTIONS.map(({ name }) => name)).toEqual(Object.keys(VALUES))
  })

  it.each(OPTIONS)('$name is set by $variable', async ({ descriptor, option, name, variable }) => {
    const { text, value } = VALUES[name] ?? {}
    await expect(adapterOptions(descriptor, { [variable]: text }, NO_JSON)).resolves.toHaveProperty(option, value)
  })

  it.each(OPTIONS)('$name is set by JSON', async ({ descriptor, option, name }) => {
    const value = VALUES[name]?.value
    const json = { variable: 'GATEWAY_OPTIONS', text: JSON.stringify({ [option]: value }) }
    await expect(adapterOptions(descriptor, {}, json)).resolves.toHaveProperty(option, value)
  })

  it.each(OPTIONS)('$name: an empty variable counts as unset', async ({ descriptor, variable }) => {
    const unset = await adapterOptions(descriptor, {}, NO_JSON)
    await expect(adapterOptions(descriptor, { [variable]: ' ' }, NO_JSON)).resolves.toEqual(unset)
  })
})

describe('an option that cannot work', () => {
  it.each([
    { variable: 'APIOPERATORISTIO_COMPONENTGATEWAY', text: 'a/b/c', cure: 'write namespace/name or name' },
    { variable: 'APIOPERATORISTIO_PUBLICSCHEME', text: 'ftp', cure: 'write one of http, https' },
    { variable: 'APIOPERATORISTIO_PUBLICPORT', text: '70000', cure: 'write a port, 1 to 65535' },
    { variable: 'APIOPERATORISTIO_PUBLICPORT', text: 'https', cure: 'write a whole number' },
    { variable: 'APIOPERATORISTIO_NODEPORTS', text: 'yes', cure: 'write true or false' },
    { variable: 'SERVICEMONITOR_INTERVAL', text: 'often', cure: 'write a duration such as 15s or 1m30s' },
    { variable: 'SERVICEMONITOR_LABELS', text: 'release', cure: 'write key=value pairs, separated by commas' },
    { variable: 'SERVICEMONITOR_LABELS', text: '-=x', cure: 'write keys such as release or example.com/team' },
  ])('$variable=$text is refused with the variable, the value and what to write', async ({ variable, text, cure }) => {
    const descriptor = variable.startsWith('S') ? serviceMonitor : istio
    const refused = adapterOptions(descriptor, { [variable]: text }, NO_JSON)
    await expect(refused).rejects.toThrow(`${variable}="${text}" is not allowed; ${cure}`)
    await expect(refused).rejects.toBeInstanceOf(ConfigurationError)
  })

  it.each([
    { text: '{"gateWay": "canvas/gw"}', says: 'unknown option "gateWay" of istio; did you mean gateway?' },
    { text: '{"constructor": 1}', says: 'unknown option "constructor" of istio; known are gateway' },
    { text: '{"publicPort": "8443"}', says: 'publicPort = "8443" is not allowed; write a whole number' },
    { text: '{"gatewayPods": "true"}', says: 'gatewayPods = "true" is not allowed; write true or false' },
    { text: '[1]', says: 'GATEWAY_OPTIONS is not a JSON object; write for example {"key": "value"}' },
    { text: '{"token": "s3cr3t"', says: /^GATEWAY_OPTIONS is not a JSON object[^3]*$/ },
  ])('GATEWAY_OPTIONS=$text is refused', async ({ text, says }) => {
    await expect(adapterOptions(istio, {}, { variable: 'GATEWAY_OPTIONS', text })).rejects.toThrow(says)
  })

  it('may be told twice only if both say the same', async () => {
    const variables = { APIOPERATORISTIO_COMPONENTGATEWAY: 'canvas/a' }
    const json = (gateway: string) => ({ variable: 'GATEWAY_OPTIONS', text: JSON.stringify({ gateway }) })
    await expect(adapterOptions(istio, variables, json('canvas/a'))).resolves.toHaveProperty('gateway', 'canvas/a')
    await expect(adapterOptions(istio, variables, json('canvas/b'))).rejects.toThrow(
      'option gateway of istio is set twice: APIOPERATORISTIO_COMPONENTGATEWAY="canvas/a" and GATEWAY_OPTIONS: gateway = "canvas/b"',
    )
  })

  it('is not shown if it is a secret', async () => {
    const secret: OptionSchema = { type: 'integer', writeOnly: true }
    const acme = { ...istio, variables: { token: 'ACME_TOKEN' }, jsonSchema: { properties: { token: secret } } }
    await expect(adapterOptions(acme as AnyDescriptor, { ACME_TOKEN: 's3cr3t' }, NO_JSON)).rejects.toThrow(
      /^ACME_TOKEN is not allowed; write a whole number$/,
    )
  })
})
