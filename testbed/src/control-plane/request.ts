import { request as open } from 'node:https'
import type { Connection } from './kubeconfig.ts'

/** One request to the API server. */
export interface Request {
  /** Default: GET. */
  readonly method?: string
  readonly path: string
  /** Sent as JSON. */
  readonly body?: object
  /** Default: application/json. A patch names its own, such as application/merge-patch+json. */
  readonly contentType?: string
  readonly accept?: string
}

/** What the API server answered. Every status is an answer; only a broken connection is an error. */
export interface Answer {
  readonly status: number
  /** Parsed JSON; the text itself where the answer was none. */
  readonly body: unknown
}

const TIMEOUT_MS = 15_000

/** Asks the API server once, over a connection of its own: a kept one would not survive the server's restart. */
export function request(
  connection: Connection,
  { method = 'GET', path, body, contentType, accept }: Request,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const headers = {
    authorization: `Bearer ${connection.token}`,
    accept: accept ?? 'application/json',
    ...(body && { 'content-type': contentType ?? 'application/json' }),
  }
  const sent = open(new URL(path, connection.server), {
    method,
    headers,
    ca: connection.ca,
    agent: false,
    timeout: TIMEOUT_MS,
  })
  sent.on('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer within ${TIMEOUT_MS / 1000} s`)))
  sent.on('error', reject)
  sent.on('response', (response) => {
    const chunks: Buffer[] = []
    response.on('data', (chunk: Buffer) => chunks.push(chunk))
    response.on('error', reject)
    response.on('end', () =>
      resolve({ status: response.statusCode ?? 0, body: parsed(Buffer.concat(chunks).toString()) }),
    )
  })
  sent.end(body && JSON.stringify(body))
  return promise
}

/** The error for an answer that is not the wanted one. `what` is what could not be done, such as `create Secret web`. */
export function refused(what: string, { status, body }: Answer): Error {
  const said = typeof body === 'object' && body !== null && 'message' in body ? body.message : JSON.stringify(body)
  return new Error(`testbed: could not ${what}: the API server answered ${status}: ${said}`)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
