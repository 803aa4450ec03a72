/**
 * What istiod says about a VirtualService of ours, where it says anything: it fills the status only with
 * PILOT_ENABLE_ANALYSIS, which is off by default. Nothing depends on it, and its silence means nothing.
 */
import { type Finding, type KubeObject, nameOf } from '@exposedapi/core'
import * as z from 'zod'

/** More than this helps nobody, and must not fill a status. */
const MAX_ERRORS = 3
const MAX_LENGTH = 200

const text = z.string().optional().catch(undefined)
/** protobuf writes 64-bit integers as texts; the CRD allows both. */
const generation = z.coerce.number().optional().catch(undefined)
const Message = z
  .object({
    level: text,
    // Older versions: code and message. Newer: a type with code and name, whose words are at the URL.
    code: text,
    message: text,
    type: z.object({ code: text, name: text }).optional().catch(undefined),
    documentationUrl: text,
  })
  .catch({})
const Condition = z
  .object({ type: text, status: text, reason: text, message: text, observedGeneration: generation })
  .catch({})
const Reported = z
  .object({
    metadata: z.object({ generation: z.number() }),
    status: z.object({
      observedGeneration: generation,
      validationMessages: z.array(Message).catch([]),
      conditions: z.array(Condition).catch([]),
    }),
  })
  .optional()
  .catch(undefined)

/** Conditions by which analysis ends. `Reconciled` is not among them: it counts proxies that are not there yet. */
const VERDICTS = new Set(['PassedAnalysis', 'PassedValidation'])

/** The errors that istiod reports about this very generation of an object, in one order. Never throws. */
export function reportedErrors(object: KubeObject): readonly string[] {
  const { metadata, status } = Reported.parse(object) ?? {}
  if (!metadata || !status) return []
  const isCurrent = (observed: number | undefined) => (observed ?? status.observedGeneration) === metadata.generation
  const messages = isCurrent(undefined) ? status.validationMessages : []
  const errors = messages.filter(({ level }) => level?.toUpperCase() === 'ERROR').map(worded)
  const verdicts = status.conditions.filter(
    (one) => VERDICTS.has(one.type ?? '') && one.status === 'False' && isCurrent(one.observedGeneration),
  )
  const all = errors.length > 0 ? errors : verdicts.map(({ reason, message }) => message || reason || 'no reason given')
  return [...new Set(all.map((one) => one.slice(0, MAX_LENGTH)))].sort().slice(0, MAX_ERRORS)
}

function worded({ code, message, type, documentationUrl }: z.infer<typeof Message>): string {
  const words = [code ?? type?.code, message ?? type?.name, documentationUrl && `(${documentationUrl})`]
  return words.filter(Boolean).join(' ') || 'an error without a message'
}

/** A finding on `RouteProgrammed` if istiod reports errors. */
export function analysisFindings(
  own: (KubeObject & { readonly errors?: readonly string[] }) | undefined,
): readonly Finding[] {
  if (!own?.errors?.length) return []
  const message = `istiod reports errors in VirtualService ${nameOf(own)}: ${own.errors.join('; ')}.`
  return [{ condition: 'RouteProgrammed', status: 'False', reason: 'ReportedByGateway', message }]
}
