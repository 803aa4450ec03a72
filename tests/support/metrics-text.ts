/** Reads the operator's own metrics. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { OperatorProcess } from '@exposedapi/testbed/canvas'

/** Sum over all series of a metric; 0 if there is none. */
export function sumOf(text: string, metric: string): number {
  const lines = text.split('\n').filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `))
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}

/** Resolves when the operator has finished at least so many runs and nothing waits. Gauges send no events: we ask. */
export async function untilIdle(operator: OperatorProcess, runs: number, timeoutMs = 30_000): Promise<void> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const { text } = await operator.http('/metrics')
    const done = sumOf(text, 'workqueue_work_duration_seconds_count')
    const waiting = sumOf(text, 'workqueue_depth') + sumOf(text, 'controller_runtime_active_workers')
    if (done >= runs && waiting === 0) return
    if (performance.now() > deadline)
      throw new Error(`after ${timeoutMs} ms: ${done} of ${runs} runs, ${waiting} keys wait or run`)
    await sleep(25)
  }
}
