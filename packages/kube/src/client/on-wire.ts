/** When a request of Node's client is on the wire. */
import type http from 'node:http'

/**
 * Calls when what is written goes to the wire at once. Until then a request waits in a queue of the event loop, for a socket or
 * for its handshake, and a process that is stopped meanwhile would send it when it goes on, however much later.
 */
export function onceConnected(request: http.ClientRequest, call: () => void): void {
  const unlessGone = () => {
    if (!request.destroyed) call()
  }
  request.once('socket', (socket) => {
    const isShakingHands = 'secureConnecting' in socket && socket.secureConnecting === true
    if (isShakingHands) socket.once('secureConnect', unlessGone)
    else if (socket.connecting) socket.once('connect', unlessGone)
    else unlessGone()
  })
}
