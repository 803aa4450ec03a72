/** What is said where something may not be read: neither that it exists, nor that it does not. */
import { type Kind, resourceName } from '@exposedapi/objects'
import type { ConditionType, Finding } from './finding.ts'

/** What is not known: objects of a kind, in one namespace or wherever they may be. */
export interface Unseen {
  readonly kind: Kind
  readonly namespace?: string | undefined
}

/** What is unknown, and by which right it would be known. */
export function unseenText({ kind, namespace }: Unseen): string {
  const where = kind.namespaced === false ? '' : namespace ? ` in namespace ${namespace}` : ' in all namespaces'
  return `${resourceName(kind)}${where} cannot be read (yet): the operator needs the right to list and watch them.`
}

/**
 * A finding that takes nothing away: core keeps what is published while it stands.
 *
 * @param effect a sentence: what is therefore not known, or what is done instead.
 * @param status `True` for advice: what is done instead is vouched for.
 */
export function notReadable(
  condition: ConditionType,
  unseen: Unseen,
  effect: string,
  status: 'Unknown' | 'True' = 'Unknown',
): Finding {
  return { condition, status, reason: 'NotReadable', message: `${unseenText(unseen)} ${effect}` }
}

/** Instead of bad news that may rest on what is not seen, that it is not seen. Good news and advice stay. */
export function uncertain(finding: Finding, unseen: Unseen): Finding {
  const { condition, status, reason, message } = finding
  if (status === 'True' || reason === 'NotReadable') return finding
  return notReadable(condition, unseen, `Therefore this is uncertain: ${message}`)
}
