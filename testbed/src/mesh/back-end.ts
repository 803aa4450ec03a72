/**
 * Every Pod of a mesh in one process: the address at which a request arrives says which Pod it was.
 *
 * `…/sse` streams an event every `?every=` ms. `?status=N` answers N. `?cors` adds CORS headers of its own, open to all.
 * The second port is an authorizer for ext_authz: the header `x-api-key: good…` passes.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { MESH_PORTS } from './ports.ts'

/** What a Pod says about a request. */
export interface Echo {
  /** Its address. */
  readonly pod: string
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

createServer(answer).listen(MESH_PORTS.pod, '::')
createServer(authorize).listen(MESH_PORTS.authorizer, '::')

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(`http://pod${request.url ?? '/'}`)
  if (pathname.endsWith('/sse')) stream(response, Number(searchParams.get('every') ?? 1000))
  else echo(request, response, searchParams)
}

function echo(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): void {
  const { method = '', url = '', headers, socket } = request
  const said: Echo = { pod: socket.localAddress?.replace('::ffff:', '') ?? '', method, url, headers }
  if (query.has('cors')) {
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('access-control-allow-credentials', 'true')
  }
  response.writeHead(Number(query.get('status') ?? 200), { 'content-type': 'application/json', 'x-pod': said.pod })
  response.end(JSON.stringify(said))
}

function stream(response: ServerResponse, every: number): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  response.write('data: open\n\n')
  let events = 0
  const clock = setInterval(() => response.write(`data: ${++events}\n\n`), every)
  response.on('close', () => clearInterval(clock))
}

function authorize(request: IncomingMessage, response: ServerResponse): void {
  const key = String(request.headers['x-api-key'] ?? '')
  if (key.startsWith('good')) response.writeHead(200, { 'x-client-id': `client-of-${key}` }).end()
  else response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":"api key"}')
}
