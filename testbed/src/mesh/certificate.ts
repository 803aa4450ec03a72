/** Certificates, made when they are needed: Node can read them but cannot issue any, so a small Go program does. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { certificateProgram } from '../build/mesh-programs.ts'

/** A certificate and its private key, both as PEM. */
export interface Certificate {
  readonly certificate: string
  readonly key: string
}

/**
 * A certificate for a day that holds for DNS names, IP addresses and URIs, of clients and of servers. Without an authority it
 * is its own: whoever trusts it, trusts nothing else.
 */
export async function issueCertificate(names: readonly string[], authority?: Certificate): Promise<Certificate> {
  const running = promisify(execFile)(await certificateProgram(), [...names])
  running.child.stdin?.end(authority && `${authority.certificate}\n${authority.key}`)
  const { stdout } = await running
  const begin = stdout.indexOf('-----BEGIN PRIVATE KEY')
  return { certificate: stdout.slice(0, begin), key: stdout.slice(begin) }
}
