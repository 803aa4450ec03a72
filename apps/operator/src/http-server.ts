/** `/healthz`, `/readyz` and `/metrics`, by node:http alone: three fixed answers need no framework. */
import { createServer, type Server, type ServerResponse } from 'node:http'

/** An answer of a probe: what is wrong, one line each; empty means healthy. */
export type Probe = () => readonly string[]

/** What the server answers with. */
export interface Endpoints {
  /** Restarting the process would help. */
  readonly healthz: Probe
  /** The process does its work, or would if it were the leader. */
  readonly readyz: Probe
  /** What is worth knowing though it keeps nobody from work, below the answer of `/readyz`. Default nothing. */
  readonly notes?: Probe
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>
}

/** Listens on all interfaces, since kubelet and Prometheus come from outside the Pod. Rejects if the port is taken. */
export async function serve(port: number, endpoints: Endpoints): Promise<Server> {
  const server = createServer((request, response) => {
    answer(request.url ?? '/', endpoints, response).catch((error: unknown) => {
      response.writeHead(500, TEXT).end(`${error instanceof Error ? error.message : String(error)}\n`)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, () => resolve())
  })
  return server
}

const TEXT = { 'content-type': 'text/plain; charset=utf-8' }

async function answer(url: string, endpoints: Endpoints, response: ServerResponse): Promise<void> {
  const [path] = url.split('?', 1)
  if (path === '/metrics') {
    const { contentType, text } = await endpoints.metrics()
    response.writeHead(200, { 'content-type': contentType }).end(text)
  } else if (path === '/healthz' || path === '/readyz') {
    const problems = endpoints[path === '/healthz' ? 'healthz' : 'readyz']()
    response.writeHead(problems.length === 0 ? 200 : 503, TEXT)
    const notes = path === '/readyz' ? (endpoints.notes?.() ?? []) : []
    response.end(`${[...(problems.length === 0 ? ['ok'] : problems), ...notes].join('\n')}\n`)
  } else {
    response.writeHead(404, TEXT).end('try /healthz, /readyz or /metrics\n')
  }
}
