/** Rights of the operator, one by one: to take one away, and to know when that has come into force. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Api, Manifest } from '@exposedapi/testbed/canvas'

/** Some verbs on one resource, as one rule of a ClusterRole grants them. */
export interface Right {
  readonly group: string
  /** With its subresource: `exposedapis/status`. */
  readonly resource: string
  readonly verbs: readonly string[]
  readonly names?: readonly string[]
}

interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
  readonly resourceNames?: readonly string[]
}

const READING = ['get', 'list', 'watch']
const RBAC = 'rbac.authorization.k8s.io'

/** Every right of a role: of each resource, reading apart from writing. */
export function rightsOf(role: Manifest): readonly Right[] {
  return (role.rules as readonly Rule[]).flatMap(({ apiGroups, resources, verbs, resourceNames: names }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        [true, false]
          .map((reads) => verbs.filter((verb) => READING.includes(verb) === reads))
          .filter((some) => some.length > 0)
          .map((some) => ({ group, resource, verbs: some, ...(names && { names }) })),
      ),
    ),
  )
}

/** A ClusterRole of these rights. */
export function roleOf(name: string, rights: readonly Right[]): Manifest {
  const rules = rights.map(({ group, resource, verbs, names }) => {
    return { apiGroups: [group], resources: [resource], verbs, ...(names && { resourceNames: names }) }
  })
  return { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { name }, rules }
}

/** Gives a role to a service account: in the whole cluster, or within one namespace. */
export function bindingOf(role: string, namespace: string, name: string, within?: string): Manifest {
  const metadata = { name: `${role}-${namespace}-${name}` }
  return {
    apiVersion: `${RBAC}/v1`,
    ...(within === undefined
      ? { kind: 'ClusterRoleBinding', metadata }
      : { kind: 'RoleBinding', metadata: { ...metadata, namespace: within } }),
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'ServiceAccount', namespace, name }],
  }
}

/** `services: get list watch`. */
export function titleOf({ group, resource, verbs, names }: Right): string {
  const name = group === '' ? resource : `${resource}.${group}`
  return `${name}${names ? ` ${names.join(' ')}` : ''}: ${verbs.join(' ')}`
}

/** Resolves when the API server answers a service account so for each of the verbs: its authorizer follows roles by a watch. */
export async function untilAllowed(
  api: Api,
  account: { readonly namespace: string; readonly name: string },
  { group, resource: path, verbs, names }: Right,
  want: boolean,
): Promise<void> {
  const user = `system:serviceaccount:${account.namespace}:${account.name}`
  const [resource, subresource] = path.split('/')
  for (const verb of verbs) {
    const resourceAttributes = { group, resource, subresource, verb, ...(names && { name: names[0] }) }
    const body = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user, resourceAttributes },
    }
    const isSo = async () => {
      const review = await api.client.request<{ status: { allowed: boolean } }>({
        method: 'POST',
        path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
        body,
      })
      return review.status.allowed === want
    }
    // There is nothing to watch: the review is a question.
    while (!(await isSo())) await sleep(20)
  }
}
