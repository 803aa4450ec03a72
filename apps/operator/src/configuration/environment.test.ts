import { describe, expect, it } from 'vitest'
import { configuration } from './environment.ts'
import { ConfigurationError } from './error.ts'

describe('configuration', () => {
  it('works without any variable', () => {
    const config = configuration({})
    expect(config).toMatchObject({ logLevel: 'info', namespaces: ['components'], httpPort: 8080 })
    expect(config.gateway).toEqual({ name: 'istio', options: undefined })
    expect(config.metrics.name).toBe('ServiceMonitor')
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
      want: { metrics: { name: 'DataDogAnnotation' } },
    },
    {
      name: 'OPENMETRICS_IMPLEMENTATION',
      value: '',
      because: 'a chart renders an unset value as empty',
      want: { metrics: { name: 'ServiceMonitor' } },
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
    { name: 'UNSUPPORTED_POLICY', value: 'maybe', allowed: 'default, deny, warn, compat' },
    { name: 'HTTP_PORT', value: '0', allowed: '1 to 65535' },
    { name: 'READINESS_DEBOUNCE_MS', value: '1s', allowed: 'a whole number of milliseconds' },
  ])(
    '$name=$value is refused in one line that names the variable, the value and what is allowed',
    ({ name, value, allowed }) => {
      const refuse = () => configuration({ [name]: value })
      expect(refuse).toThrow(ConfigurationError)
      expect(refuse).toThrow(new RegExp(`^${name}="${value}" is not allowed; write [^\\n]*${allowed}`))
    },
  )
})
