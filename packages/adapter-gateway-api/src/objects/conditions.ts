/** What controllers say about objects, in the form that all of Kubernetes shares. */
import * as z from 'zod'

/** More than this helps nobody, and must not fill a status: controllers may write 32,768 characters. */
const MAX_LENGTH = 300

const text = z.string().catch('')
const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: text,
  message: text,
  observedGeneration: z.number().optional().catch(undefined),
})

/** One thing that a controller says. */
export type Condition = z.infer<typeof Condition>

/** A list of conditions; what is none is left out. */
export const Conditions = z
  .array(Condition.optional().catch(undefined))
  .catch([])
  .transform((all): readonly Condition[] => all.filter((one) => one !== undefined))

/** What is said of that type about this generation of the object; words about an older one are no answer. */
export function said(conditions: readonly Condition[], type: string, generation: number): Condition | undefined {
  const found = conditions.find((one) => one.type === type)
  return found && (found.observedGeneration ?? generation) >= generation ? found : undefined
}

/** Reason and message as the end of a sentence. */
export function words({ reason, message }: Condition): string {
  const said = [reason, message.trim()].filter((part) => part !== '').join(': ') || 'no reason is given'
  const short = said.length > MAX_LENGTH ? `${said.slice(0, MAX_LENGTH)}…` : said
  return /[.!?…]$/.test(short) ? short : `${short}.`
}
