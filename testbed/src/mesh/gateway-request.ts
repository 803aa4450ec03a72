/**
 * Requests through the gateway.
 *
 * Each opens a connection of its own: after a change of a listener, an open connection stays on the old one.
 */
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { request as requestOverTls } from 'node:https'
import { GATEWAY_ADDRESS } from './namespace.ts'
import { MESH_PORTS } from './ports.ts'

/** What to ask, besides the path. */
export interface GatewayRequest {
  /** Default: GET. */
  readonly method?: string
  /** Default: the gateway's address. */
  readonly host?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Ask over TLS, and trust this certificate alone (PEM). It must hold for the host. */
  readonly trusting?: string
  /** Default: the gateway's. */
  readonly to?: { readonly address: string; readonly port: number }
}

/** What came back. */
export interface GatewayAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** Address of the Pod that answered; undefined if it was the gateway itself. */
  readonly pod: string | undefined
}

const TIMEOUT_MS = 15_000

/** Asks once. The path goes out as it is written, dots and escapes included. */
export async function gatewayRequest(path: string, options: GatewayRequest = {}): Promise<GatewayAnswer> {
  const response = await open(path, options)
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  const pod = response.headers['x-pod']
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text,
    pod: typeof pod === 'string' ? pod : undefined,
  }
}

/** The same, as soon as there are headers: for streams. Whoever opened it must destroy it. */
export function open(
  path: string,
  { method = 'GET', host, headers, trusting, to }: GatewayRequest = {},
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const { address, port } = to ?? { address: GATEWAY_ADDRESS, port: MESH_PORTS[trusting ? 'https' : 'http'] }
  const sent = (trusting ? requestOverTls : request)({
    host: address,
    port,
    path,
    method,
    headers: { host: host ?? address, ...headers },
    agent: false,
    ...(trusting && { ca: trusting }),
  })
  const clock = setTimeout(
    () => sent.destroy(new Error(`${method} ${path}: no answer within ${TIMEOUT_MS / 1000} s`)),
    TIMEOUT_MS,
  )
  sent.on('error', reject)
  sent.on('response', resolve)
  sent.on('close', () => clearTimeout(clock))
  sent.on('response', () => clearTimeout(clock))
  sent.end()
  return promise
}
