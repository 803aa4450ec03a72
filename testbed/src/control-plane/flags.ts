import type { Layout } from '../processes/layout.ts'

/** Plain HTTP on loopback. Without fsync a write costs microseconds; a killed process loses nothing, a power cut may. */
export function etcdFlags({ etcdData, ports }: Layout): readonly string[] {
  const clients = `http://127.0.0.1:${ports.etcd}`
  const peers = `http://127.0.0.1:${ports.etcdPeer}`
  return [
    `--data-dir=${etcdData}`,
    `--listen-client-urls=${clients}`,
    `--advertise-client-urls=${clients}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  ]
}

/** RBAC and every default admission plugin but one, so that what works here works in a cluster. */
export function apiServerFlags(paths: Layout, audit: boolean): readonly string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${paths.ports.etcd}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${paths.ports.apiServer}`,
    `--cert-dir=${paths.certificates}`,
    // Goes into the EndpointSlice of the Service `kubernetes`, where a loopback address is refused. Nobody connects to it.
    '--advertise-address=10.244.1.1',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--authorization-mode=RBAC',
    `--token-auth-file=${paths.tokens}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-signing-key-file=${paths.signingKey}`,
    `--service-account-key-file=${paths.verifyingKey}`,
    // It refuses Pods until the service account `default` exists. Tests write Pods that nobody runs.
    '--disable-admission-plugins=ServiceAccount',
    '--allow-privileged',
    '--profiling=false',
    '--shutdown-delay-duration=0s',
    // Without it a SIGTERM waits a minute for clients to end their watches; with it two seconds.
    '--shutdown-send-retry-after',
    ...(audit ? auditFlags(paths) : []),
  ]
}

function auditFlags({ auditPolicy, auditLog }: Layout): readonly string[] {
  // The size is in MB and counts for rotation, which would hide events from the reader.
  return [
    `--audit-policy-file=${auditPolicy}`,
    `--audit-log-path=${auditLog}`,
    '--audit-log-mode=blocking',
    '--audit-log-maxsize=10000',
  ]
}

/** Never pod-gc or node-lifecycle: they delete Pods of a Node that has no kubelet, and no Node here has one. */
const CONTROLLERS = [
  'garbage-collector-controller',
  'namespace-controller',
  'endpointslice-controller',
  'endpointslice-mirroring-controller',
  'serviceaccount-controller',
  'clusterrole-aggregation-controller', // fills the roles view, edit and admin, which are empty without it
]

/** The controllers that an operator's tests see the effects of. */
export function controllerManagerFlags({ kubeconfig }: Layout): readonly string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    `--controllers=${CONTROLLERS.join(',')}`,
    '--leader-elect=false',
    '--use-service-account-credentials=false',
    '--secure-port=0',
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
  ]
}
