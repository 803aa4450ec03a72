/** Label selectors of Kubernetes, as listeners choose namespaces by them. */
import * as z from 'zod'

type Labels = Readonly<Record<string, string>>

/** A label selector. Empty, it selects everything. */
export const LabelSelector = z.object({
  matchLabels: z.record(z.string(), z.string()).catch({}),
  matchExpressions: z
    .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).catch([]) }))
    .catch([]),
})

/** A parsed {@link LabelSelector}. */
export type LabelSelector = z.infer<typeof LabelSelector>

/** Does the selector choose what has these labels? */
export function selects({ matchLabels, matchExpressions }: LabelSelector, labels: Labels): boolean {
  const labelOf = (key: string) => (Object.hasOwn(labels, key) ? labels[key] : undefined)
  return (
    Object.entries(matchLabels).every(([key, value]) => labelOf(key) === value) &&
    matchExpressions.every(({ key, operator, values }) => OPERATORS.get(operator)?.(labelOf(key), values) ?? false)
  )
}

type Operator = (label: string | undefined, values: readonly string[]) => boolean

/** By name. A label that is not there is in no list. */
const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['In', (label, values) => label !== undefined && values.includes(label)],
  ['NotIn', (label, values) => label === undefined || !values.includes(label)],
  ['Exists', (label) => label !== undefined],
  ['DoesNotExist', (label) => label === undefined],
])
