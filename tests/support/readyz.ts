/** What the operator says of itself at `/readyz`. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { OperatorProcess } from '@exposedapi/testbed/canvas'

/** An answer. */
export interface Answer {
  readonly status: number
  readonly text: string
}

/** Everything is in step, and no right is missing. */
export function isOk({ status, text }: Answer): boolean {
  return status === 200 && text === 'ok\n'
}

/** Resolves with the first answer that the question holds for. Asks again and again: an endpoint cannot be watched. */
export async function readyz(operator: OperatorProcess, holds: (answer: Answer) => boolean): Promise<Answer> {
  for (;;) {
    // Refused while it starts, and reset when it closes a connection that we are just using.
    const answer = await operator.http('/readyz').catch(() => undefined)
    if (answer && holds(answer)) return answer
    if (!operator.running) throw new Error(`the operator has ended: ${operator.errors}`)
    await sleep(50)
  }
}
