/** The three ways to make a metrics API known, and the change from one to another. */
import { type Manifest, NODE } from '@exposedapi/testbed/canvas'
import { expect, it } from 'vitest'
import { api, condition, isReady, says, served } from '../support/exposed-api.ts'
import { untilIdle } from '../support/metrics-text.ts'
import { stage } from '../support/stage.ts'
import { writesDuring } from '../support/writes.ts'

const set = stage({ withoutOperator: true, audit: true })
const RETIRED = 'ServiceMonitor,PrometheusAnnotation,DataDogAnnotation'
const PROMETHEUS = { OPENMETRICS_IMPLEMENTATION: 'PrometheusAnnotation', RETIRED }
const DATADOG = { OPENMETRICS_IMPLEMENTATION: 'DataDogAnnotation', RETIRED }

/** A Pod that nobody runs, ready, with a sidecar in front of the container that has the metrics. */
async function pod(namespace: string, name: string, app: string): Promise<void> {
  await set.api.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { app }, annotations: { 'example.com/theirs': 'stays' } },
    spec: {
      nodeName: NODE.metadata.name,
      containers: [
        { name: 'sidecar', image: 'sidecar:1' },
        { name: 'catalog', image: 'catalog:1', ports: [{ name: 'metrics', containerPort: 4000 }] },
      ],
    },
  })
  const conditions = [{ type: 'Ready', status: 'True' }]
  await set.api.patchStatus('Pod', namespace, name, {
    phase: 'Running',
    podIP: '10.244.0.9',
    podIPs: [{ ip: '10.244.0.9' }],
    conditions,
  })
}

/** A metrics API, the Service of its Pods, and two Pods. */
async function metricsApi(name: string): Promise<string> {
  const namespace = await set.namespace()
  const service: Manifest = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `${name}-svc`, namespace, labels: { app: name } },
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 8080, targetPort: 'metrics' }] },
  }
  await set.api.apply(service, api(namespace, name, { apiType: 'prometheus' }))
  await Promise.all([
    pod(namespace, `${name}-0`, name),
    pod(namespace, `${name}-1`, name),
    pod(namespace, 'stranger', 'other'),
  ])
  return namespace
}

function annotationsOf(object: Manifest | undefined): Record<string, string> {
  return (object?.metadata.annotations as Record<string, string> | undefined) ?? {}
}

/** Waits for exactly these annotations beside the one that was there before. */
async function untilAnnotated(namespace: string, name: string, annotations: Record<string, string>): Promise<void> {
  const wanted = Object.entries({ ...annotations, 'example.com/theirs': 'stays' }).sort()
  await set.api.until('Pod', namespace, name, (found) => {
    return JSON.stringify(Object.entries(annotationsOf(found)).sort()) === JSON.stringify(wanted)
  })
}

function conventionOf(namespace: string, name: string): Record<string, string> {
  return {
    'prometheus.io/scrape': 'true',
    'prometheus.io/port': '4000',
    'prometheus.io/path': `/${namespace}/${name}`,
    'prometheus.io/scheme': 'http',
  }
}

it('ServiceMonitor: an API that becomes a metrics API gets a monitor, and loses it when it is none any more', async () => {
  await using _ = await set.start({ RETIRED })
  const namespace = await set.namespace()
  await set.api.apply(...served(namespace, 'changing'))
  const plain = await set.api.until('ExposedAPI', namespace, 'changing', isReady)
  expect(condition(plain, 'MetricsConfigured')).toBeUndefined()

  await set.api.patch('ExposedAPI', namespace, 'changing', { spec: { apiType: 'prometheus' } })
  const monitor = await set.api.until('ServiceMonitor', namespace, 'changing', (found) => found !== undefined)
  expect(monitor?.spec.endpoints).toMatchObject([{ port: 'http', path: `/${namespace}/changing` }])
  await set.api.until('ExposedAPI', namespace, 'changing', says('MetricsConfigured', 'True', 'Configured'))

  await set.api.patch('ExposedAPI', namespace, 'changing', { spec: { apiType: 'openapi' } })
  await set.api.until('ServiceMonitor', namespace, 'changing', (found) => found === undefined)
  const back = await set.api.until(
    'ExposedAPI',
    namespace,
    'changing',
    (found) => condition(found, 'MetricsConfigured') === undefined,
  )
  expect(isReady(back)).toBe(true)
})

it('PrometheusAnnotation: every Pod of the Service is annotated, a new one too, and no other', async () => {
  await using _ = await set.start(PROMETHEUS)
  const namespace = await metricsApi('catalog')
  for (const name of ['catalog-0', 'catalog-1'])
    await untilAnnotated(namespace, name, conventionOf(namespace, 'catalog'))
  await pod(namespace, 'catalog-2', 'catalog')
  await untilAnnotated(namespace, 'catalog-2', conventionOf(namespace, 'catalog'))
  await untilAnnotated(namespace, 'stranger', {})
  await set.api.until('ExposedAPI', namespace, 'catalog', (found) => {
    return isReady(found) && says('MetricsConfigured', 'True', 'Configured')(found)
  })
  expect(await set.api.get('ServiceMonitor', namespace, 'catalog')).toBeUndefined()
  expect(await writesDuring(set.canvas, 2000)).toEqual([])
})

it('PrometheusAnnotation: a change of the path reaches the Pods', async () => {
  await using _ = await set.start(PROMETHEUS)
  const namespace = await metricsApi('moving')
  await untilAnnotated(namespace, 'moving-0', conventionOf(namespace, 'moving'))
  await set.api.patch('ExposedAPI', namespace, 'moving', { spec: { path: `/${namespace}/elsewhere` } })
  await untilAnnotated(namespace, 'moving-0', conventionOf(namespace, 'elsewhere'))
})

it('PrometheusAnnotation: a deleted API gives the annotations back', async () => {
  await using _ = await set.start(PROMETHEUS)
  const namespace = await metricsApi('leaving')
  for (const name of ['leaving-0', 'leaving-1'])
    await untilAnnotated(namespace, name, conventionOf(namespace, 'leaving'))
  await set.api.delete('ExposedAPI', namespace, 'leaving')
  for (const name of ['leaving-0', 'leaving-1']) await untilAnnotated(namespace, name, {})
})

it('PrometheusAnnotation: of an API that was deleted while no operator ran, they are given back at the next start', async () => {
  const namespace = await (async () => {
    await using _ = await set.start(PROMETHEUS)
    const made = await metricsApi('orphan')
    for (const name of ['orphan-0', 'orphan-1']) await untilAnnotated(made, name, conventionOf(made, 'orphan'))
    return made
  })()
  await set.api.delete('ExposedAPI', namespace, 'orphan')
  await set.api.until('VirtualService', namespace, 'orphan', (route) => route === undefined)
  expect(annotationsOf(await set.api.get('Pod', namespace, 'orphan-0'))['prometheus.io/scrape']).toBe('true')

  await using _ = await set.start(PROMETHEUS)
  for (const name of ['orphan-0', 'orphan-1']) await untilAnnotated(namespace, name, {})
})

it("PrometheusAnnotation: another manager's key is not changed, and the conflict is reported", async () => {
  await using _ = await set.start(PROMETHEUS)
  const namespace = await set.namespace()
  await pod(namespace, 'own-0', 'own')
  await set.api.patch('Pod', namespace, 'own-0', { metadata: { annotations: { 'prometheus.io/port': '9999' } } })
  const ports = [{ name: 'http', port: 8080, targetPort: 4000 }]
  const metadata = { name: 'own-svc', namespace, labels: { app: 'own' } }
  await set.api.apply({ apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: { app: 'own' }, ports } })
  await set.api.apply(api(namespace, 'own', { apiType: 'prometheus' }))
  await set.api.until('ExposedAPI', namespace, 'own', (found) => {
    return isReady(found) && says('MetricsConfigured', 'False', 'AnnotationConflict')(found)
  })
  await untilAnnotated(namespace, 'own-0', { 'prometheus.io/port': '9999' })
})

it('DataDogAnnotation: the value is JSON, and the key names the container that has the port', async () => {
  await using _ = await set.start(DATADOG)
  const namespace = await metricsApi('dog')
  const key = 'ad.datadoghq.com/catalog.checks'
  const found = await set.api.until('Pod', namespace, 'dog-0', (object) => annotationsOf(object)[key] !== undefined)
  const { openmetrics } = JSON.parse(annotationsOf(found)[key] ?? '')
  expect(openmetrics.instances).toMatchObject([
    { openmetrics_endpoint: `http://%%host%%:4000/${namespace}/dog`, metrics: ['.*'] },
  ])
})

it('a change of mode gives back what the old one wrote, in every direction', async () => {
  const annotating = await set.start(PROMETHEUS)
  const namespace = await metricsApi('switch')
  await untilAnnotated(namespace, 'switch-0', conventionOf(namespace, 'switch'))
  await annotating.stop()

  const monitoring = await set.start({ RETIRED })
  await set.api.until('ServiceMonitor', namespace, 'switch', (found) => found !== undefined)
  for (const name of ['switch-0', 'switch-1']) await untilAnnotated(namespace, name, {})
  await monitoring.stop()

  await using last = await set.start(PROMETHEUS)
  await set.api.until('ServiceMonitor', namespace, 'switch', (found) => found === undefined)
  for (const name of ['switch-0', 'switch-1']) await untilAnnotated(namespace, name, conventionOf(namespace, 'switch'))
  await untilIdle(last, 1)
})
