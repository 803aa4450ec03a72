import type { KubeObject } from '@exposedapi/core'
import { describe, expect, it } from 'vitest'
import { POD, POD_BY_API, POD_BY_LABEL } from './pod.ts'

const META = { name: 'catalog-0', namespace: 'components', uid: 'uid-pod', resourceVersion: '7' }

function pod(words: object): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: META, ...words } as KubeObject
}

function entry(manager: string, operation: string, ...keys: readonly string[]) {
  const annotations = Object.fromEntries(keys.map((key) => [`f:${key}`, {}]))
  return {
    manager,
    operation,
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:metadata': { 'f:annotations': { '.': {}, ...annotations } } },
  }
}

describe('projection of a Pod', () => {
  it('keeps what decisions read and drops the rest', () => {
    const projected = POD.project(
      pod({
        metadata: {
          ...META,
          labels: { app: 'catalog' },
          annotations: {
            'prometheus.io/path': '/m',
            'ad.datadoghq.com/main.checks': '{}',
            'kubectl.kubernetes.io/restartedAt': 'x',
          },
          managedFields: [entry('kubectl', 'Update', 'prometheus.io/path')],
        },
        spec: {
          nodeName: 'n1',
          containers: [
            {
              name: 'main',
              image: 'x',
              ports: [{ name: 'web', containerPort: 8080, protocol: 'TCP' }, { containerPort: 9 }],
            },
          ],
          initContainers: [
            { name: 'setup', ports: [{ containerPort: 1 }] },
            { name: 'side', restartPolicy: 'Always', ports: [{ containerPort: 2 }] },
          ],
        },
        status: { phase: 'Running', podIP: '10.0.0.1' },
      }),
    )
    expect(projected).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        ...META,
        labels: { app: 'catalog' },
        annotations: { 'prometheus.io/path': '/m', 'ad.datadoghq.com/main.checks': '{}' },
      },
      phase: 'Running',
      containers: [
        { name: 'main', ports: [{ name: 'web', containerPort: 8080 }, { containerPort: 9 }] },
        { name: 'side', ports: [{ containerPort: 2 }] },
      ],
      injected: false,
      applied: {},
      others: { 'prometheus.io/path': ['kubectl'] },
    })
  })

  it.each([
    {
      because: 'classic sidecar',
      words: { spec: { containers: [{ name: 'main' }, { name: 'istio-proxy' }] } },
      want: true,
    },
    {
      because: 'native sidecar',
      words: { spec: { initContainers: [{ name: 'istio-proxy', restartPolicy: 'Always' }] } },
      want: true,
    },
    {
      because: 'its annotation',
      words: { metadata: { ...META, annotations: { 'sidecar.istio.io/status': '{}' } } },
      want: true,
    },
    {
      because: 'istio-init alone is no sidecar',
      words: { spec: { initContainers: [{ name: 'istio-init' }] } },
      want: false,
    },
  ])('is injected: $want: $because', ({ words, want }) => {
    expect(POD.project(pod(words)).injected).toBe(want)
  })

  it.each([
    {
      because: 'each API has a manager of its own',
      fields: [
        entry('exposedapi-operator.u1', 'Apply', 'prometheus.io/port', 'prometheus.io/path'),
        entry('exposedapi-operator.u2', 'Apply', 'prometheus.io/port'),
      ],
      applied: { u1: ['prometheus.io/path', 'prometheus.io/port'], u2: ['prometheus.io/port'] },
      others: {},
    },
    {
      because: 'an update under our name is not our apply',
      fields: [entry('exposedapi-operator.u1', 'Update', 'prometheus.io/port')],
      applied: {},
      others: { 'prometheus.io/port': ['exposedapi-operator.u1'] },
    },
    {
      because: 'the operator’s own manager holds for no API',
      fields: [
        entry('exposedapi-operator', 'Apply', 'prometheus.io/port'),
        entry('exposedapi-operator.', 'Apply', 'prometheus.io/port'),
      ],
      applied: {},
      others: { 'prometheus.io/port': ['exposedapi-operator', 'exposedapi-operator.'] },
    },
    {
      because: 'a manager may have any name, those that all objects inherit too',
      fields: [
        entry('exposedapi-operator.constructor', 'Apply', 'prometheus.io/port'),
        entry('toString', 'Update', 'prometheus.io/path'),
      ],
      applied: Object.fromEntries([['constructor', ['prometheus.io/port']]]),
      others: { 'prometheus.io/path': ['toString'] },
    },
    {
      because: 'other annotations are nobody’s business',
      fields: [entry('exposedapi-operator.u1', 'Apply', 'x')],
      applied: {},
      others: {},
    },
  ])('annotated: $because', ({ fields, applied, others }) => {
    const projected = POD.project(pod({ metadata: { ...META, managedFields: fields } }))
    expect(projected).toMatchObject({ applied, others })
    expect(Object.keys(projected.applied)).toEqual(Object.keys(applied))
    expect(POD_BY_API.values(projected)).toEqual(Object.keys(applied))
  })

  it.each([
    {},
    { spec: null, status: null },
    { spec: { containers: 'x', initContainers: [null, 1] }, status: { phase: 5 } },
    { spec: { containers: [{ name: 3, ports: { a: 1 } }, { ports: [null, { containerPort: '80' }] }] } },
    {
      metadata: { ...META, labels: null, annotations: null, managedFields: [null, {}, { manager: 1, fieldsV1: 'x' }] },
    },
    {
      metadata: {
        ...META,
        managedFields: [{ manager: 'exposedapi-operator.u', operation: 'Apply', fieldsV1: { 'f:metadata': [] } }],
      },
    },
  ])('never throws: %j', (words) => {
    const projected = POD.project(pod(words))
    expect(projected.applied).toEqual({})
    expect(POD_BY_LABEL.values(projected)).toEqual([])
  })
})
