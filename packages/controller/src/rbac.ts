/** The RBAC rules that the operator needs: no more than what its adapters declare they read and write. */
import { EXPOSED_API, type KindUse } from '@exposedapi/core'
import { COMPONENT } from '@exposedapi/core/engine'

/** A rule of a ClusterRole. */
export interface PolicyRule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
}

const VERBS: Readonly<Record<KindUse['use'], readonly string[]>> = {
  read: ['get', 'list', 'watch'],
  annotate: ['get', 'list', 'watch', 'patch'],
  // Server-side apply of an object that does not exist needs create as well as patch.
  own: ['get', 'list', 'watch', 'create', 'patch', 'delete'],
}

/** One rule per kind, the stronger of several uses; sorted, so that the output is stable. */
export function policyRules(uses: readonly KindUse[]): readonly PolicyRule[] {
  const strongest = new Map<string, KindUse>()
  for (const use of uses) {
    const name = `${use.kind.group}/${use.kind.plural}`
    const known = strongest.get(name)
    if (!known || VERBS[known.use].length < VERBS[use.use].length) strongest.set(name, use)
  }
  const rules = [...strongest.keys()].sort().flatMap((name) => {
    const { kind, use } = strongest.get(name) as KindUse
    return { apiGroups: [kind.group], resources: [kind.plural], verbs: VERBS[use] }
  })
  return [
    ...rules,
    // Where the cluster serves a status subresource, status is written there.
    {
      apiGroups: [EXPOSED_API.group],
      resources: [EXPOSED_API, COMPONENT].map(({ plural }) => `${plural}/status`),
      verbs: ['patch'],
    },
    // Events are a courtesy: without this rule they are dropped, and nothing else is missing.
    { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
    // OwnerReferencesPermissionEnforcement asks for this before it allows blockOwnerDeletion.
    { apiGroups: [EXPOSED_API.group], resources: [`${EXPOSED_API.plural}/finalizers`], verbs: ['update'] },
  ]
}
