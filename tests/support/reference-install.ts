/** Installs a Component as Helm and the Component operator do, waits until our operator is done with it, and removes it. */
import type { Api, Manifest } from '@exposedapi/testbed/canvas'
import { type Application, NAMESPACE } from './reference-data.ts'

/** Lists of a Component's status, by segment. */
export const LISTS = {
  coreFunction: 'coreAPIs',
  managementFunction: 'managementAPIs',
  securityFunction: 'securityAPIs',
} as const

/** Written by the API server: an object with these cannot be created. */
const BY_SERVER = ['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'managedFields', 'annotations']

/**
 * Creates everything. The order is that of a cluster: backends, Component, ExposedAPIs, and only then the lists.
 *
 * All charts claim the same paths, so one application must be gone before the next is installed: `await using`.
 */
export async function install(api: Api, application: Application): Promise<AsyncDisposable> {
  const { component, apis, backends } = application
  for (const object of backends) {
    await api.apply(object)
    if (object.kind === 'Pod') await api.patchStatus('Pod', NAMESPACE, object.metadata.name, object.status)
  }
  const { metadata } = await api.create(fresh(component))
  const created: Manifest[] = []
  for (const one of apis) {
    const ownerReferences = [{ ...Object(one.metadata.ownerReferences)[0], uid: metadata.uid }]
    created.push(await api.create({ ...fresh(one), metadata: { ...fresh(one).metadata, ownerReferences } }))
  }
  await api.patch('Component', NAMESPACE, metadata.name, { status: firstStatus(component, created) })
  return { [Symbol.asyncDispose]: () => uninstall(api, application) }
}

/** Resolves with the ExposedAPIs when our operator has said all it has to say about them, and the Component repeats it. */
export async function converged(api: Api, { component, apis }: Application): Promise<readonly Manifest[]> {
  const settled: Manifest[] = []
  for (const { metadata } of apis) {
    settled.push(await present(api, 'ExposedAPI', metadata.name, isSettled))
  }
  const statusOf = (uid: string | undefined) => settled.find(({ metadata }) => metadata.uid === uid)?.status
  await present(api, 'Component', component.metadata.name, (object) =>
    entries(object).every(({ uid, url, ready }) => {
      const { apiStatus, implementation } = statusOf(uid)
      return url === apiStatus.url && ready === implementation.ready
    }),
  )
  return settled
}

/** Deletes the Component and waits for the garbage collector; then the backends. */
async function uninstall(api: Api, { component, apis, backends }: Application): Promise<void> {
  await api.delete('Component', NAMESPACE, component.metadata.name)
  for (const { metadata } of apis) {
    for (const kind of ['ExposedAPI', 'VirtualService', 'ServiceMonitor']) {
      await api.until(kind, NAMESPACE, metadata.name, (object) => object === undefined, 30_000)
    }
  }
  for (const { kind, metadata } of backends) await api.delete(kind, NAMESPACE, metadata.name)
}

/** The entries of all three lists. */
export function entries({ status }: Manifest): readonly Readonly<Record<string, string>>[] {
  return Object.values(LISTS).flatMap((list) => status[list] ?? [])
}

/** An object that exists and is so. */
export async function present(
  api: Api,
  kind: string,
  name: string,
  holds: (object: Manifest) => boolean = () => true,
): Promise<Manifest> {
  const found = await api.until(kind, NAMESPACE, name, (object) => object !== undefined && holds(object), 20_000)
  if (!found) throw new Error(`${kind} ${name} does not exist`)
  return found
}

/** Nothing is awaited any more, but perhaps an address. */
function isSettled({ status }: Manifest): boolean {
  const conditions = (status?.conditions ?? []) as { readonly type: string; readonly status: string }[]
  const stateOf = (type: string) => conditions.find((condition) => condition.type === type)?.status
  const open = conditions.filter(
    ({ type, status }) => status === 'Unknown' && !['Ready', 'AddressAssigned'].includes(type),
  )
  return (
    status?.apiStatus?.uid !== undefined &&
    stateOf('ImplementationReady') === 'True' &&
    ['True', undefined].includes(stateOf('MetricsConfigured')) &&
    open.length === 0
  )
}

/** As the Component operator writes it first: one entry per API, in the recorded order if there is one. */
function firstStatus(component: Manifest, created: readonly Manifest[]): object {
  const recorded = component.status ? entries(component).map(({ name }) => name) : []
  const ordered = created.toSorted((a, b) => recorded.indexOf(a.metadata.name) - recorded.indexOf(b.metadata.name))
  const lists = Object.entries(LISTS).map(([segment, list]) => [
    list,
    ordered
      .filter(({ spec }) => spec.segment === segment)
      .map(({ metadata: { name, uid } }) => ({ name, uid, ready: false })),
  ])
  return { ...component.status, ...Object.fromEntries(lists) }
}

function fresh({ status: _, ...object }: Manifest & { readonly status?: unknown }): Manifest {
  const kept = Object.entries(object.metadata).filter(([key]) => !BY_SERVER.includes(key))
  return { ...object, metadata: Object.fromEntries(kept) } as unknown as Manifest
}
