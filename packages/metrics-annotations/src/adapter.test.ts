import { adapterOf, MemoryView } from '@exposedapi/core/testing'
import { describe, expect, it } from 'vitest'
import { aPod, type Case, OLDER, render, YOUNGER } from '../test/render.ts'
import { dataDogAnnotation, prometheusAnnotation } from './index.ts'
import { POD } from './pod.ts'

describe.each([prometheusAnnotation, dataDogAnnotation])('$name finds the Pods', (descriptor) => {
  it.each<Case & { finding: string; says: RegExp }>([
    {
      because: 'the Service may come later',
      service: null,
      finding: 'Unknown ServiceNotFound',
      says: /Service components\/catalog-svc/,
    },
    {
      because: 'the user named a port that is none',
      api: { port: 1 },
      finding: 'False PortNotFound',
      says: /has no port 1 \(it has 8080\)/,
    },
    {
      because: 'an ExternalName has no ports',
      service: { ports: [], spec: { selector: null } },
      finding: 'False PortNotFound',
      says: /has none/,
    },
    {
      because: 'without selector nobody knows the Pods',
      service: { spec: { selector: null } },
      finding: 'False ServiceHasNoSelector',
      says: /Service components\/catalog-svc/,
    },
    {
      because: 'an empty selector selects nothing for a Service',
      service: { selector: {} },
      finding: 'False ServiceHasNoSelector',
      says: /no selector/,
    },
    { because: 'no Pod yet is no error', pods: [], finding: 'Unknown NoPods', says: /Service components\/catalog-svc/ },
    {
      because: 'Pods that ended are read by nobody',
      pods: [
        { phase: 'Failed' },
        { name: 'b', phase: 'Succeeded' },
        { name: 'c', deletionTimestamp: '2026-01-01T00:00:00Z' },
      ],
      finding: 'Unknown NoPods',
      says: /./,
    },
    {
      because: 'a name that no container declares has no number',
      service: { ports: [{ name: 'http', port: 8080, targetPort: 'metrics' }] },
      finding: 'False ContainerPortNotDeclared',
      says: /No container of Pod components\/catalog-0 declares port metrics/,
    },
  ])('$finding: $because', ({ finding, says, ...words }) => {
    const { applied, findings, messages } = render(descriptor, words)
    expect(findings).toEqual([finding])
    expect(messages).toMatch(says)
    expect(applied).toEqual({})
  })

  it('annotates every replica, and none of an application that shares a label', () => {
    const service = { selector: { app: 'suite', impl: 'catalog' } }
    const labels = { app: 'suite', impl: 'catalog', 'pod-template-hash': 'x' }
    const pods = [
      { name: 'c', labels },
      { name: 'a', labels },
      { name: 'b', labels, phase: 'Pending' },
      { name: 'other', labels: { app: 'suite', impl: 'other' } },
      { name: 'half', labels: { impl: 'catalog' } },
    ]
    const { applied, findings, uids, reads } = render(descriptor, { service, pods })
    expect(Object.keys(applied)).toEqual(['a', 'b', 'c'])
    expect(uids, 'an apply without uid may create what has just gone').toEqual(['uid-a', 'uid-b', 'uid-c'])
    expect(findings).toEqual([])
    expect(reads, 'the Pods of the whole suite would queue the API again').not.toContain(
      'by pods.label components/app=suite',
    )
  })

  it('does not depend on the order in which objects arrive', () => {
    const pods = [{ name: 'a' }, { name: 'b', annotations: { 'prometheus.io/path': '/x' } }, { name: 'c' }]
    const others = [OLDER, YOUNGER, { ...OLDER, name: 'oldest', spec: { path: '/oldest' } }]
    const one = render(descriptor, { pods, others })
    expect(render(descriptor, { pods: pods.toReversed(), others: others.toReversed() })).toEqual(one)
  })
})

describe('applied', () => {
  const by = { 'exposedapi-operator.u1': ['prometheus.io/path', 'ad.datadoghq.com/main.checks', 'prometheus.io/port'] }
  const annotations = {
    'prometheus.io/path': '/p',
    'ad.datadoghq.com/main.checks': '{}',
    'prometheus.io/scrape': 'true',
  }
  const view = new MemoryView().add(
    POD,
    aPod({ by, annotations }),
    aPod({ name: 'dying', by, annotations, deletionTimestamp: 'x' }),
  )
  const prometheus = adapterOf(prometheusAnnotation)
  const dataDog = adapterOf(dataDogAnnotation)

  it.each([
    {
      because: 'present values of its convention, of Pods that stay',
      adapter: prometheus,
      uid: 'u1',
      want: [{ 'prometheus.io/path': '/p' }],
    },
    {
      because: 'the other convention answers for its own',
      adapter: dataDog,
      uid: 'u1',
      want: [{ 'ad.datadoghq.com/main.checks': '{}' }],
    },
    { because: 'another API holds nothing', adapter: prometheus, uid: 'u2', want: [] },
    { because: 'an API without uid holds nothing', adapter: prometheus, uid: '', want: [] },
  ])('$because', ({ adapter, uid, want }) => {
    expect(adapter.applied?.(uid, view).map((entry) => entry.annotations)).toEqual(want)
  })
})

describe('options', () => {
  it.each([
    { descriptor: prometheusAnnotation, options: { scheme: 'ftp' }, because: 'nobody scrapes ftp' },
    { descriptor: prometheusAnnotation, options: { schema: 'http' }, because: 'a typo must not be silence' },
    { descriptor: dataDogAnnotation, options: { namespace: '' }, because: 'the prefix would be a dot' },
    { descriptor: dataDogAnnotation, options: { namespace: 'a-b' }, because: 'no metric has such a name' },
  ])('refuses $options: $because', ({ descriptor, options }) => {
    expect(() => adapterOf(descriptor as typeof prometheusAnnotation, options)).toThrow()
  })

  it('asks for nothing but Pods to annotate', () => {
    expect(adapterOf(prometheusAnnotation).kinds).toEqual([{ kind: POD, use: 'annotate' }])
  })
})
