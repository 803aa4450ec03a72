import { readFile } from 'node:fs/promises'

/** All that a client needs to talk to the API server as somebody. */
export interface Connection {
  readonly server: string
  /** The certificate that the server must show, PEM. */
  readonly ca: string
  readonly token: string
}

/** A kubeconfig of one user. It is written as JSON, which every reader of YAML takes, and refers to no other file. */
export function kubeconfig({ server, ca, token }: Connection, user: string): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'testbed',
    clusters: [
      { name: 'testbed', cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } },
    ],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: 'testbed', context: { cluster: 'testbed', user } }],
  }
  return `${JSON.stringify(config, null, 2)}\n`
}

/** Reads a kubeconfig that the test bed wrote; others have more forms than this understands. */
export async function readConnection(path: string): Promise<Connection> {
  const config: {
    clusters: [{ cluster: { server: string; 'certificate-authority-data': string } }]
    users: [{ user: { token: string } }]
  } = JSON.parse(await readFile(path, 'utf8'))
  const { cluster } = config.clusters[0]
  const ca = Buffer.from(cluster['certificate-authority-data'], 'base64').toString()
  return { server: cluster.server, ca, token: config.users[0].user.token }
}
