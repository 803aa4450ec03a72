import type { Cluster } from '@exposedapi/kube'

/** What the loops ask of the engine; small enough for a test to stand in for it. */
export type ClusterInterface = Pick<
  Cluster,
  'view' | 'untracked' | 'forget' | 'all' | 'apply' | 'patchStatus' | 'applyAnnotations' | 'delete' | 'refresh'
>
