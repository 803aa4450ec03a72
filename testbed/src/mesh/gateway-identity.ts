/**
 * Who Envoy is to istiod. Certificates of HTTPS servers are handed only to a proxy that shows a certificate of the mesh's own
 * authority, and whose service account may read Secrets in its namespace.
 */
import type { Manifest } from '../canvas/index.ts'
import { type Certificate, issueCertificate } from './certificate.ts'

const NAME = 'istio-ingress'
const NAMESPACE = 'istio-ingress'
const RBAC = 'rbac.authorization.k8s.io'
const metadata = { name: NAME, namespace: NAMESPACE }

/** The gateway's service account, and its right to Secrets, as Istio's gateway chart makes them. */
export const GATEWAY_ACCOUNT: readonly Manifest[] = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'Role',
    metadata,
    rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'watch', 'list'] }],
  },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: RBAC, kind: 'Role', name: NAME },
    subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }],
  },
]

/** What Envoy shows to istiod, and by what it knows istiod. */
export interface Identity extends Certificate {
  readonly authority: string
}

/** The Secret in which istiod keeps its authority. */
export const AUTHORITY_SECRET = { namespace: 'istio-system', name: 'istio-ca-secret' } as const

/** An identity of the gateway, signed by istiod's authority as that Secret holds it. */
export async function gatewayIdentity({ data }: Manifest): Promise<Identity> {
  const pem = (key: string): string => Buffer.from(data[key], 'base64').toString()
  const authority = { certificate: pem('ca-cert.pem'), key: pem('ca-key.pem') }
  const issued = await issueCertificate([`spiffe://cluster.local/ns/${NAMESPACE}/sa/${NAME}`], authority)
  return { ...issued, authority: authority.certificate }
}
