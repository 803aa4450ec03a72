/** How quiet the machine was: the figures of a busy one are worth little. */
import { countsAt, type Entry, median, numberAt } from '../record.ts'

/** CPU of whoever is not part of the measurement, in a sentence. */
export function quietness(entries: readonly Entry[]): string {
  const shares = entries.flatMap(({ step, result }) => {
    if (step !== 'converge') return []
    const machine = numberAt(result, 'cpu_s.machine')
    if (machine === undefined || machine < 1) return []
    const named = [...countsAt(result, 'cpu_s')].filter(([name]) => name !== 'machine')
    return [(100 * (machine - named.reduce((sum, [, seconds]) => sum + seconds, 0))) / machine]
  })
  if (shares.length === 0) return ''
  const worst = Math.max(...shares)
  const warning = median(shares) > 5 ? ' **The machine was too busy for these figures to count.**' : ''
  return `Others used ${median(shares).toFixed(1)} % of the busy CPU time in the middle, ${worst.toFixed(1)} % at worst.${warning}`
}
