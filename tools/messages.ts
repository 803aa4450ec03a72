/**
 * What users are told, side by side: one example for each condition, status and reason, from the golden files of all packages.
 *
 * Three shapes are found in them, however deep: findings, verdicts on policies, and conditions as `type: status reason: message`.
 */
import { globSync, readFileSync } from 'node:fs'
import { REASONS } from '@exposedapi/core/engine'
import { BUILT_IN } from '@exposedapi/operator'
import { parseAllDocuments } from 'yaml'

/** Something that is said. */
export interface Message {
  /** A condition of the ExposedAPI; `policy` for a verdict in `status.policies`. */
  readonly about: string
  /** Status of the condition, or state of the policy. */
  readonly status: string
  readonly reason: string
  readonly text: string
}

/** Reasons that no golden file can show, and why. Whoever adds one here has to say so. */
const UNSEEN: Readonly<Record<string, string>> = {}

const ORDER = [
  'Ready',
  'Accepted',
  'RouteProgrammed',
  'AddressAssigned',
  'ImplementationReady',
  'PoliciesEnforced',
  'policy',
  'MetricsConfigured',
]

/** The reasons of core and of all adapters that are built in. */
export function allReasons(): Readonly<Record<string, string>> {
  return Object.assign({}, REASONS, ...BUILT_IN.map(({ reasons = {} }) => reasons))
}

/** One example of each, in the order of the conditions. Throws for a reason without an example. */
export function examples(messages: readonly Message[] = goldenMessages()): readonly Message[] {
  const best = new Map<string, Message>()
  for (const message of messages) {
    const key = [message.about, message.status, message.reason].join()
    const before = best.get(key)
    if (!before || isBetter(message.text, before.text)) best.set(key, message)
  }
  const shown = new Set([...best.values()].map(({ reason }) => reason))
  const missing = Object.keys(allReasons()).filter((reason) => shown.has(reason) === Object.hasOwn(UNSEEN, reason))
  if (missing.length > 0) throw new Error(`no golden file shows, or one does show after all: ${missing.join(', ')}`)
  return [...best.values()].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
}

/** Everything that golden files hold. */
export function goldenMessages(): readonly Message[] {
  const root = new URL('../', import.meta.url).pathname
  return globSync('packages/*/testdata/*.out.yaml', { cwd: root })
    .sort()
    .flatMap((file) => parseAllDocuments(readFileSync(`${root}${file}`, 'utf8')))
    .flatMap((document) => messagesIn(document.toJS()))
}

/** The messages in a value of any shape. */
export function messagesIn(value: unknown): readonly Message[] {
  if (Array.isArray(value)) return value.flatMap(messagesIn)
  if (typeof value !== 'object' || value === null) return []
  const { condition, policy, status, state, reason, message, conditions } = value as Record<string, unknown>
  if (typeof reason === 'string' && (condition ?? policy) !== undefined) {
    return [{ about: String(condition ?? 'policy'), status: String(status ?? state), reason, text: String(message) }]
  }
  return [...inShort(conditions), ...Object.values(value).flatMap(messagesIn)]
}

/** `Accepted: "False InvalidPath: spec.path …"` */
function inShort(conditions: unknown): readonly Message[] {
  if (typeof conditions !== 'object' || conditions === null || Array.isArray(conditions)) return []
  return Object.entries(conditions).flatMap(([about, said]) => {
    const [, status, reason, text = ''] = /^(\S+) (\w+)(?:: (.*))?$/s.exec(String(said)) ?? []
    return status === undefined || reason === undefined ? [] : [{ about, status, reason, text }]
  })
}

/** Short ones show best what all of their kind say; an order that depends on the texts alone. */
function isBetter(text: string, other: string): boolean {
  return text.length - other.length < 0 || (text.length === other.length && text < other)
}

function sortKey({ about, status, reason }: Message): string {
  return [`${ORDER.indexOf(about)}`, status, reason].join(' ')
}
