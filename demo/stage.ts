/**
 * Where the demo plays: on a control plane of its own, or in a namespace of a given cluster.
 *
 * The two differ in what runs behind the Services. The test bed has no kubelet, so the demo says itself which Pods are
 * ready and the real endpointslice controller makes the slices. In a given cluster it brings slices and no Pods, because it
 * has no image to run.
 */
import { readFileSync } from 'node:fs'
import type { Api, Manifest } from '@exposedapi/testbed/canvas'
import { parseAllDocuments } from 'yaml'

/** What the steps of the demo stand on. */
export interface Stage extends AsyncDisposable {
  readonly api: Api
  readonly namespace: string
  /** Kubeconfig for people. */
  readonly kubeconfig: string
  /** Kubeconfig and environment of the operator. */
  readonly operator: { readonly kubeconfig: string; readonly environment: Readonly<Record<string, string>> }
  /** Applies what runs behind the APIs. Nothing of it is ready yet. */
  applyBackends(): Promise<Manifest[]>
  /** Makes the Pods, or endpoints, behind a Service of the example ready or not. */
  setReady(service: string, ready: boolean): Promise<void>
  /** One request through the gateway, once it knows all routes; the Pod that answered. Only where there is a mesh. */
  readonly request?: (path: string) => Promise<{ readonly status: number; readonly pod: string | undefined }>
  /** Writes of the operator so far, from the API server's audit log; undefined where there is none. */
  writes(): Promise<number | undefined>
}

const EXAMPLE = new URL('../examples/product-catalog/', import.meta.url)

/** The objects of one file of the example, in a namespace. */
export function example(file: string, namespace: string): Manifest[] {
  const documents = parseAllDocuments(readFileSync(new URL(file, EXAMPLE), 'utf8'))
  return documents.map((document) => {
    const manifest = document.toJS() as Manifest
    return { ...manifest, metadata: { ...manifest.metadata, namespace } }
  })
}
