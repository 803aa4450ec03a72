/**
 * Starts and stops parts of a mesh from other processes: the parts are children of the one that made the mesh, so that one
 * listens on a socket in the mesh's folder.
 */
import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import { join } from 'node:path'

/** A process of the data plane. */
export type MeshPart = 'istiod' | 'envoy' | 'back-end'

/** What can be done with a part. Both resolve when it is done. */
export interface PartControl {
  start(part: MeshPart): Promise<void>
  stop(part: MeshPart): Promise<void>
}

type Order = keyof PartControl

/** Carries out the orders of others. */
export async function listenForOrders(directory: string, control: PartControl): Promise<Server> {
  const server = createServer((asked, response) => {
    const [, order, part] = asked.url?.split('/') ?? []
    control[order as Order](part as MeshPart).then(
      () => response.end(),
      (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.message : String(error)),
    )
  })
  server.listen(socketIn(directory))
  await once(server, 'listening')
  return server
}

/** Gives an order to the process that made the mesh. */
export async function order(directory: string, what: Order, part: MeshPart): Promise<void> {
  const sent = request({
    socketPath: socketIn(directory),
    method: 'POST',
    path: `/${what}/${part}`,
    agent: false,
  }).end()
  const [response] = await once(sent, 'response')
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  if (response.statusCode !== 200) throw new Error(`mesh: could not ${what} ${part}: ${text}`)
}

function socketIn(directory: string): string {
  return join(directory, 'control.sock')
}
