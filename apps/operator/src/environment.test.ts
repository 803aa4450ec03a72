import { describe, expect, it } from 'vitest'
import { ConfigurationError, configuration } from './environment.ts'

describe('configuration', () => {
  it('works without any variable', () => {
    const config = configuration({})
    expect(config).toMatchObject({ logLevel: 'info', namespaces: ['components'], httpPort: 8080 })
    const options = { paths: 'strict', gatewayPods: false, nodePorts: false }
    expect(config.gateway).toEqual({ name: 'istio', options })
    expect(config.metrics.mode).toBe('ServiceMonitor')
  })

  it.each([
    { name: 'LOGGING', value: '10', because: "Python's levels are what the chart sets", want: { logLevel: 'debug' } },
    {
      name: 'COMPONENT_NAMESPACE',
      value: 'components, odacompns-*',
      because: 'blanks occur',
      want: { namespaces: ['components', 'odacompns-*'] },
    },
    {
      name: 'OPENMETRICS_IMPLEMENTATION',
      value: 'DataDogAnnotations',
      because: 'the README of the reference spells it so',
      want: { metrics: { mode: 'DataDogAnnotation' } },
    },
    {
      name: 'OPENMETRICS_IMPLEMENTATION',
      value: '',
      because: 'a chart renders an unset value as empty',
      want: { metrics: { mode: 'ServiceMonitor' } },
    },
    {
      name: 'APIOPERATORISTIO_PUBLICHOSTNAME',
      value: 'api.example.com',
      because: 'it goes to the adapter',
      want: { gateway: { options: { publicHostname: 'api.example.com' } } },
    },
    {
      name: 'APIOPERATORISTIO_COMPONENTGATEWAY',
      value: 'canvas/gw',
      because: 'it goes to the adapter',
      want: { gateway: { options: { gateway: 'canvas/gw' } } },
    },
    {
      name: 'APIOPERATORISTIO_GATEWAYPODS',
      value: 'true',
      because: 'it goes to the adapter',
      want: { gateway: { options: { gatewayPods: true, nodePorts: false } } },
    },
    {
      name: 'APIOPERATORISTIO_NODEPORTS',
      value: 'true',
      because: 'it goes to the adapter',
      want: { gateway: { options: { gatewayPods: false, nodePorts: true } } },
    },
    {
      name: 'SERVICEMONITOR_LABELS',
      value: 'release=stack,team=',
      because: 'a label may be empty',
      want: { metrics: { serviceMonitor: { labels: { release: 'stack', team: '' } } } },
    },
    {
      name: 'UNSUPPORTED_POLICY',
      value: 'compat',
      because: 'the reference leaves every route open',
      want: { settings: { unsupportedPolicy: { apiKeyVerification: 'Warn', quota: 'Warn' } } },
    },
    {
      name: 'UNSUPPORTED_POLICY',
      value: 'deny',
      because: 'a strict administrator closes them all',
      want: { settings: { unsupportedPolicy: { rateLimit: 'Deny', quota: 'Deny' } } },
    },
    {
      name: 'READINESS_DEBOUNCE_MS',
      value: '0',
      because: 'readiness may follow at once',
      want: { settings: { readinessDebounceMs: 0 } },
    },
  ])('$name=$value: $because', ({ name, value, want }) => {
    expect(configuration({ [name]: value })).toMatchObject(want)
  })

  it.each([
    { name: 'LOGGING', value: '25', allowed: '10, 20, 30, 40, 50' },
    {
      name: 'OPENMETRICS_IMPLEMENTATION',
      value: 'Servicemonitor',
      allowed: 'ServiceMonitor, PrometheusAnnotation, DataDogAnnotation',
    },
    { name: 'UNSUPPORTED_POLICY', value: 'maybe', allowed: 'default, deny, warn, compat' },
    { name: 'APIOPERATORISTIO_PUBLICSCHEME', value: 'ftp', allowed: 'http, https' },
    { name: 'APIOPERATORISTIO_PUBLICPORT', value: '70000', allowed: '1 to 65535' },
    { name: 'APIOPERATORISTIO_NODEPORTS', value: 'yes', allowed: 'true, false' },
    { name: 'APIOPERATORISTIO_PATHS', value: 'loose', allowed: 'strict, legacy' },
    { name: 'HTTP_PORT', value: '0', allowed: '1 to 65535' },
    { name: 'READINESS_DEBOUNCE_MS', value: '1s', allowed: 'a whole number of milliseconds' },
    { name: 'SERVICEMONITOR_INTERVAL', value: 'often', allowed: 'a duration such as 15s' },
    { name: 'SERVICEMONITOR_LABELS', value: 'release', allowed: 'key=value' },
  ])(
    '$name=$value is refused in one line that names the variable, the value and what is allowed',
    ({ name, value, allowed }) => {
      const refuse = () => configuration({ [name]: value })
      expect(refuse).toThrow(ConfigurationError)
      expect(refuse).toThrow(new RegExp(`^${name}="${value}" is not allowed; write [^\\n]*${allowed}`))
    },
  )

  it('GATEWAY_OPTIONS must be a JSON object', () => {
    const refuse = () => configuration({ GATEWAY: '@acme/adapter-kong', GATEWAY_OPTIONS: '[1]' })
    expect(refuse).toThrow('GATEWAY_OPTIONS="[1]" is no JSON object')
  })
})
