/** Requests as the stub server saw them, and answers as it sends them. */
import type http from 'node:http'

/** A request as the server saw it. */
export interface Recorded {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly contentType: string | undefined
  readonly authorization: string | undefined
  readonly body: Record<string, unknown> | undefined
}

/** Reads a request to its end. */
export async function readRequest(incoming: http.IncomingMessage): Promise<Recorded> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  const url = new URL(incoming.url ?? '/', 'http://stub')
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    contentType: incoming.headers['content-type'],
    authorization: incoming.headers.authorization,
    body: text === '' ? undefined : JSON.parse(text),
  }
}

/** A Status body. */
export function status(code: number, reason: string, message = reason, details?: object) {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message, ...(details && { details }) }
}

/** Sends JSON. */
export function send(
  response: http.ServerResponse,
  code: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(code, { 'content-type': 'application/json', ...headers })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}
