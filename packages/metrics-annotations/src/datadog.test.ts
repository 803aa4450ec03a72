import { describe, expect, it } from 'vitest'
import { type Case, MAIN, MERGED, OLDER, PROXY, render } from '../test/render.ts'
import { dataDogAnnotation } from './index.ts'

describe('DataDogAnnotation', () => {
  const checks = (container: string, endpoint: string, namespace = 'components') => ({
    [`ad.datadoghq.com/${container}.checks`]: {
      openmetrics: { init_config: {}, instances: [{ openmetrics_endpoint: endpoint, namespace, metrics: ['.*'] }] },
    },
  })

  it.each<Case & { want: object }>([
    {
      because: 'the Pod itself, not a random replica behind the Service',
      want: checks('main', 'http://%%host%%:8080/catalog'),
    },
    {
      because: 'the container that declares the port, sidecar first',
      pods: [{ containers: [PROXY, { name: 'log', ports: [{ containerPort: 1 }] }, MAIN] }],
      want: checks('main', 'http://%%host%%:8080/catalog'),
    },
    {
      because: 'Istio’s sidecar is never it',
      pods: [{ containers: [{ ...MAIN, name: 'istio-proxy' }, MAIN] }],
      want: checks('main', 'http://%%host%%:8080/catalog'),
    },
    {
      because: 'Service 80 → container 8080',
      api: { port: 80 },
      service: { ports: [{ port: 80, targetPort: 8080 }] },
      want: checks('main', 'http://%%host%%:8080/catalog'),
    },
    {
      because: 'a named target port',
      service: { ports: [{ port: 8080, targetPort: 'web' }] },
      want: checks('main', 'http://%%host%%:8080/catalog'),
    },
    {
      because: 'the prefix of metric names',
      options: { namespace: 'catalog' },
      want: checks('main', 'http://%%host%%:8080/catalog', 'catalog'),
    },
    {
      because: 'a path with quotes is still JSON',
      api: { path: '/a"b' },
      want: checks('main', 'http://%%host%%:8080/a"b'),
    },
    {
      because: 'Istio’s injector does not touch these keys',
      pods: [{ containers: [MAIN, PROXY], annotations: MERGED }],
      want: checks('main', 'http://%%host%%:8080/catalog'),
    },
    {
      because: 'another API in another container of the Pod is no rival',
      others: [{ ...OLDER, spec: { port: 81 } }],
      service: { ports: [{ port: 8080 }, { port: 81 }].map((port) => ({ ...port, name: `p${port.port}` })) },
      pods: [{ containers: [MAIN, { name: 'second', ports: [{ containerPort: 81 }] }] }],
      want: checks('main', 'http://%%host%%:8080/catalog'),
    },
  ])('$because', ({ want, ...words }) => {
    const { applied, findings } = render(dataDogAnnotation, words)
    expect(findings).toEqual([])
    const parsed = Object.entries(applied['catalog-0'] ?? {}).map(([key, value]) => [key, JSON.parse(value)])
    expect(Object.fromEntries(parsed)).toEqual(want)
  })

  it.each<Case & { finding: string; says: RegExp }>([
    {
      because: 'a container must declare the port, or nobody knows the container',
      pods: [{ containers: [{ name: 'main' }] }],
      finding: 'False ContainerPortNotDeclared',
      says: /Pod components\/catalog-0 declares port 8080/,
    },
    {
      because: 'the key would be longer than Kubernetes allows',
      pods: [{ containers: [{ ...MAIN, name: 'x'.repeat(57) }] }],
      finding: 'False ContainerPortNotDeclared',
      says: /is too long for an annotation: use at most 56 characters/,
    },
    {
      because: 'the value that the reference wrote stays until the Pod is replaced',
      pods: [
        {
          annotations: { 'ad.datadoghq.com/main.checks': '{"openmetrics": {}}' },
          by: { kopf: ['ad.datadoghq.com/main.checks'] },
        },
      ],
      finding: 'False AnnotationConflict',
      says: /set by kopf/,
    },
    {
      because: 'two metrics APIs in one container: the older keeps the key',
      others: [OLDER],
      finding: 'False AnnotationConflict',
      says: /Annotation ad\.datadoghq\.com\/main\.checks of Pod .* belongs to the older ExposedAPI components\/older/,
    },
  ])('$finding: $because', ({ finding, says, ...words }) => {
    const { applied, findings, messages } = render(dataDogAnnotation, words)
    expect(findings).toEqual([finding])
    expect(messages).toMatch(says)
    expect(applied).toEqual({})
  })
})
