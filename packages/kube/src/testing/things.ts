/** A kind for tests. */
import type { Index, Kind, KubeObject } from '@exposedapi/objects'
import type { StubResource } from './stub-objects.ts'

/** A thing of a custom resource. */
export interface Thing extends KubeObject {
  readonly spec?: { readonly color?: string; readonly size?: number; readonly tags?: readonly string[] }
  readonly status?: Readonly<Record<string, unknown>>
}

/** Keeps everything but managedFields. */
export const THING: Kind<Thing> = {
  group: 'test.io',
  versions: ['v1', 'v1beta1'],
  kind: 'Thing',
  plural: 'things',
  project(raw) {
    const { managedFields: _, ...metadata } = raw.metadata as KubeObject['metadata'] & { managedFields?: unknown }
    return { ...(raw as Thing), metadata }
  },
}

/** Things by color. */
export const BY_COLOR: Index<Thing> = {
  name: 'things.color',
  kind: THING,
  values: (thing) => (thing.spec?.color === undefined ? [] : [thing.spec.color]),
}

/** What the stub serves for THING. */
export function things(version = 'v1'): StubResource {
  return { group: 'test.io', version, plural: 'things', kind: 'Thing' }
}

/** What the stub serves for CRDs. */
export const CRDS: StubResource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
}

/** A thing as a user would write it. */
export function thing(name: string, spec: Thing['spec'] = {}, namespace = 'default') {
  return { apiVersion: 'test.io/v1', kind: 'Thing', metadata: { name, namespace }, spec }
}

/** Path of all things. */
export const THINGS_PATH = '/apis/test.io/v1/things'
