import { generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ports } from './ports.ts'

/** Where one test bed keeps what: its folder, the files in it, its ports. */
export interface Layout {
  readonly directory: string
  readonly ports: Ports
  readonly server: string
  readonly etcdData: string
  readonly certificates: string
  /** Written by the API server at its first start; its own issuer. */
  readonly certificate: string
  readonly tokens: string
  readonly signingKey: string
  readonly verifyingKey: string
  readonly auditPolicy: string
  readonly auditLog: string
  readonly kubeconfig: string
}

/** Names everything; touches no file. */
export function layout(directory: string, ports: Ports): Layout {
  return {
    directory,
    ports,
    server: `https://127.0.0.1:${ports.apiServer}`,
    etcdData: join(directory, 'etcd'),
    certificates: join(directory, 'certificates'),
    certificate: join(directory, 'certificates', 'apiserver.crt'),
    tokens: join(directory, 'tokens.csv'),
    signingKey: join(directory, 'service-account.key'),
    verifyingKey: join(directory, 'service-account.pub'),
    auditPolicy: join(directory, 'audit-policy.json'),
    auditLog: join(directory, 'audit.jsonl'),
    kubeconfig: join(directory, 'kubeconfig'),
  }
}

/** The file that a part writes its output to. */
export function logFile(directory: string, part: string): string {
  return join(directory, `${part}.log`)
}

/** Writes the files that the API server reads when it starts. */
export async function writeInputs(paths: Layout, adminToken: string): Promise<void> {
  const keys = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  await Promise.all([
    writeFile(paths.tokens, `${adminToken},admin,admin,system:masters\n`, { mode: 0o600 }),
    writeFile(paths.signingKey, keys.privateKey, { mode: 0o600 }),
    writeFile(paths.verifyingKey, keys.publicKey),
    writeFile(paths.auditPolicy, JSON.stringify(AUDIT_POLICY)),
  ])
}

/** One line per request, when it is over. */
const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived', 'ResponseStarted', 'Panic'],
  rules: [{ level: 'Metadata' }],
}
