import type { Connection } from './kubeconfig.ts'
import { refused, request } from './request.ts'

const ONE_DAY_S = 86_400

/** A token of a service account, from the TokenRequest API. Creates the account and its namespace where they are missing. */
export async function serviceAccountToken(admin: Connection, namespace: string, name: string): Promise<string> {
  await ensure(admin, '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`
  await ensure(admin, accounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } })
  const answer = await request(admin, {
    method: 'POST',
    path: `${accounts}/${name}/token`,
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: ONE_DAY_S } },
  })
  if (answer.status !== 201) throw refused(`request a token for service account ${namespace}/${name}`, answer)
  return (answer.body as { status: { token: string } }).status.token
}

interface Created {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
}

async function ensure(admin: Connection, path: string, body: Created): Promise<void> {
  const answer = await request(admin, { method: 'POST', path, body })
  if (answer.status !== 201 && answer.status !== 409) throw refused(`create ${body.kind} ${body.metadata.name}`, answer)
}
