/** What the suite says of an adapter, as a file to publish. */
import { CONTRACT } from '../adapters/descriptor.ts'
import type { Fact, Subject } from './facts.ts'

/** Of whom the report is. */
export interface Reported {
  readonly type: 'gateway' | 'metrics'
  readonly name: string
  readonly version: string
  readonly supports: Readonly<Record<string, unknown>>
}

interface Outcome {
  readonly name: string
  readonly failure?: string
  readonly skipped?: string
}

/** Asks all facts, and says in YAML which hold, which do not, and which were not asked and why. */
export function report({ type, name, version, supports }: Reported, subjects: readonly Subject[]): string {
  const all = subjects.map(({ title, facts }) => ({ title, outcomes: facts.map(outcomeOf) }))
  const flat = all.flatMap(({ outcomes }) => outcomes)
  const counted = (isMeant: (outcome: Outcome) => boolean) => flat.filter(isMeant).length
  const lines = [
    '# What the conformance suite of @exposedapi/core says of one version of an adapter.',
    `contract: ${CONTRACT}`,
    `type: ${type}`,
    `name: ${text(name)}`,
    `version: ${text(version)}`,
    `supports: ${JSON.stringify(supports)}`,
    `passed: ${counted(({ failure, skipped }) => failure === undefined && skipped === undefined)}`,
    `failed: ${counted(({ failure }) => failure !== undefined)}`,
    `skipped: ${counted(({ skipped }) => skipped !== undefined)}`,
    'features:',
    ...all.flatMap(({ title, outcomes }) => [`  ${text(title)}:`, ...outcomes.flatMap(linesOf)]),
  ]
  return `${lines.join('\n')}\n`
}

function outcomeOf({ name, holds, skipped }: Fact): Outcome {
  if (skipped !== undefined) return { name, skipped }
  try {
    holds()
    return { name }
  } catch (error) {
    return { name, failure: error instanceof Error ? error.message : String(error) }
  }
}

function linesOf({ name, failure, skipped }: Outcome): readonly string[] {
  if (skipped !== undefined) return [`    - skipped: ${text(name)}`, `      because: ${text(skipped)}`]
  if (failure !== undefined) return [`    - failed: ${text(name)}`, `      because: ${text(failure)}`]
  return [`    - passed: ${text(name)}`]
}

/** A text of JSON is one of YAML. */
function text(value: string): string {
  return JSON.stringify(value)
}
