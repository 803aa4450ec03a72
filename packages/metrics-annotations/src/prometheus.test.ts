import { describe, expect, it } from 'vitest'
import { type Case, MAIN, MERGED, OLDER, PROXY, render, SET, YOUNGER } from '../test/render.ts'
import { prometheusAnnotation } from './index.ts'

describe('PrometheusAnnotation', () => {
  it.each<Case & { want: object }>([
    { because: 'always the complete set', want: SET },
    {
      because: 'the container port, not the Service port',
      api: { port: 80 },
      service: { ports: [{ port: 80, targetPort: 9090 }] },
      want: { ...SET, 'prometheus.io/port': '9090' },
    },
    { because: 'an absent target port is the port', service: { ports: [{ port: 8080 }] }, want: SET },
    { because: 'a number need not be declared', pods: [{ containers: [{ name: 'main' }] }], want: SET },
    {
      because: 'a name means what this Pod declares',
      service: { ports: [{ port: 8080, targetPort: 'web' }] },
      pods: [{ containers: [{ name: 'main', ports: [{ name: 'web', containerPort: 9 }] }] }],
      want: { ...SET, 'prometheus.io/port': '9' },
    },
    {
      because: 'a sidecar of Kubernetes’ own kind may serve the metrics',
      service: { ports: [{ port: 8080, targetPort: 'web' }] },
      pods: [{ containers: [{ name: 'main' }], init: [{ ...MAIN, name: 'x', restartPolicy: 'Always' }] }],
      want: SET,
    },
    { because: 'scheme', options: { scheme: 'https' }, want: { ...SET, 'prometheus.io/scheme': 'https' } },
    {
      because: 'what the reference left is completed',
      pods: [{ annotations: { 'prometheus.io/scrape': 'true' }, by: { kopf: ['prometheus.io/scrape'] } }],
      want: SET,
    },
    {
      because: 'a user who says the same is no conflict',
      pods: [{ annotations: SET, by: { helm: Object.keys(SET) } }],
      want: SET,
    },
    {
      because: 'metrics merging is off for this Pod: the injector set nothing',
      pods: [{ containers: [MAIN, PROXY] }],
      want: SET,
    },
    {
      because: 'a value of ours may change',
      pods: [
        {
          annotations: { ...SET, 'prometheus.io/path': '/old' },
          by: { 'exposedapi-operator.uid-components-catalog': Object.keys(SET) },
        },
      ],
      want: SET,
    },
    {
      because: 'two versions of one API share path and port',
      others: [{ ...OLDER, spec: { path: '/catalog' } }],
      want: SET,
    },
    { because: 'a younger one gives way', others: [YOUNGER], want: SET },
    {
      because: 'an older one of another type claims nothing',
      others: [{ ...OLDER, spec: { apiType: 'openapi' } }],
      want: SET,
    },
    { because: 'a refused one claims nothing', others: [{ ...OLDER, spec: { path: 'no-slash' } }], want: SET },
    {
      because: 'a terminating one claims nothing',
      others: [{ name: 'older', metadata: { ...OLDER.metadata, deletionTimestamp: '2026-01-02T00:00:00Z' } }],
      want: SET,
    },
    { because: 'one without a port claims nothing', others: [{ ...OLDER, spec: { port: 1 } }], want: SET },
  ])('$because', ({ want, ...words }) => {
    const { applied, findings } = render(prometheusAnnotation, words)
    expect(applied).toEqual({ 'catalog-0': want })
    expect(findings).toEqual([])
  })

  it.each<Case & { finding: string; says: RegExp }>([
    {
      because: 'injected, classic sidecar',
      pods: [{ containers: [MAIN, PROXY], annotations: MERGED }],
      finding: 'False PrometheusAnnotationTakenByInjector',
      says: /Pod components\/catalog-0/,
    },
    {
      because: 'injected, native sidecar',
      pods: [{ init: [{ ...PROXY, restartPolicy: 'Always' }], annotations: MERGED }],
      finding: 'False PrometheusAnnotationTakenByInjector',
      says: /template/,
    },
    {
      because: 'injected, and the mesh moved the status port',
      pods: [{ annotations: { ...MERGED, 'prometheus.io/port': '15999', 'sidecar.istio.io/status': '{}' } }],
      finding: 'False PrometheusAnnotationTakenByInjector',
      says: /ServiceMonitor/,
    },
    {
      because: 'the same annotations without a sidecar are a user’s',
      pods: [{ annotations: MERGED, by: { helm: Object.keys(MERGED) } }],
      finding: 'False AnnotationConflict',
      says: /prometheus\.io\/port .* set by helm/,
    },
    {
      because: 'the user says no',
      pods: [{ annotations: { 'prometheus.io/scrape': 'false' } }],
      finding: 'False AnnotationConflict',
      says: /scrape: "false"/,
    },
    {
      because: 'somebody else’s value',
      pods: [
        {
          annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '1' },
          by: { 'kube-controller-manager': ['prometheus.io/port'] },
        },
      ],
      finding: 'False AnnotationConflict',
      says: /Annotation prometheus\.io\/port of Pod components\/catalog-0 was set by kube-controller-manager/,
    },
    {
      because: 'nobody known set it, and it was not us',
      pods: [{ annotations: { 'prometheus.io/path': '/x' } }],
      finding: 'False AnnotationConflict',
      says: /set by an unknown writer/,
    },
    {
      because: 'a shared key cannot change: the API server would answer 409',
      pods: [
        {
          annotations: { 'prometheus.io/path': '/old' },
          by: { kubectl: ['prometheus.io/path'], 'exposedapi-operator.uid-components-catalog': ['prometheus.io/path'] },
        },
      ],
      finding: 'False AnnotationConflict',
      says: /set by kubectl/,
    },
    {
      because: 'a Pod has room for one metrics API, and the older keeps it',
      others: [OLDER],
      finding: 'False AnnotationConflict',
      says: /Annotation prometheus\.io\/path of Pod components\/catalog-0 belongs to the older ExposedAPI components\/older/,
    },
    {
      because: 'the same through another Service with another selector',
      others: [{ ...OLDER, spec: { implementation: 'svc-2', port: 81 } }],
      services: [{ name: 'svc-2', selector: { tier: 'x' }, ports: [{ port: 81 }] }],
      pods: [{ labels: { app: 'catalog', tier: 'x' } }],
      finding: 'False AnnotationConflict',
      says: /components\/older/,
    },
    {
      because: 'of equal age, the name decides',
      others: [{ name: 'aaa', metadata: { creationTimestamp: '2026-01-01T00:00:05Z' } }],
      finding: 'False AnnotationConflict',
      says: /components\/aaa/,
    },
    {
      because: 'a younger one was first and will give way',
      pods: [
        {
          annotations: { 'prometheus.io/path': '/younger' },
          by: { 'exposedapi-operator.uid-components-younger': ['prometheus.io/path'] },
        },
      ],
      others: [YOUNGER],
      finding: 'Unknown AnnotationConflict',
      says: /ExposedAPI components\/younger/,
    },
    {
      because: 'what a deleted API applied is swept',
      pods: [
        { annotations: { 'prometheus.io/path': '/gone' }, by: { 'exposedapi-operator.gone': ['prometheus.io/path'] } },
      ],
      finding: 'Unknown AnnotationConflict',
      says: /a deleted ExposedAPI/,
    },
  ])('$finding: $because', ({ finding, says, ...words }) => {
    const { applied, findings, messages } = render(prometheusAnnotation, words)
    expect(findings).toEqual([finding])
    expect(messages).toMatch(says)
    expect(applied, 'half a set would be scraped wrongly').toEqual({})
  })

  it('lets an API that lost to the oldest keep nothing', () => {
    const oldest = {
      name: 'oldest',
      metadata: { creationTimestamp: '2025-01-01T00:00:00Z' },
      spec: { path: '/catalog' },
    }
    const { applied, findings } = render(prometheusAnnotation, { others: [OLDER, oldest] })
    expect(findings, '"older" lost to "oldest", which wants what we want').toEqual([])
    expect(applied).toEqual({ 'catalog-0': SET })
  })

  it('loses to an older API only the Pods that both select', () => {
    const others = [{ ...OLDER, spec: { implementation: 'svc-2', port: 81 } }]
    const services = [{ name: 'svc-2', selector: { tier: 'x' }, ports: [{ port: 81 }] }]
    const pods = [{ name: 'a', labels: { app: 'catalog', tier: 'x' } }, { name: 'b' }]
    const { applied, findings } = render(prometheusAnnotation, { others, services, pods })
    expect(applied).toEqual({ b: SET })
    expect(findings).toEqual(['False AnnotationConflict'])
  })

  it('annotates the other Pods although one is not its own, and says it once', () => {
    const foreign = { annotations: { 'prometheus.io/path': '/x' } }
    const { applied, findings, messages } = render(prometheusAnnotation, {
      pods: [{ name: 'a', ...foreign }, { name: 'b' }, { name: 'c', ...foreign }],
    })
    expect(applied).toEqual({ b: SET })
    expect(findings).toEqual(['False AnnotationConflict'])
    expect(messages).toMatch(/Pod components\/a /)
  })
})
