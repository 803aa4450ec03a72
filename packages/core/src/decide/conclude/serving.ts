/** Which entries of the configuration serve an API, and which served it and are no longer configured. */
import type { Finding } from '../../findings/finding.ts'
import { type ExposedApi, isMetricsApi, type Serving } from '../../model/exposed-api.ts'
import type { GatewayEntry } from '../rules/gateway-entry.ts'
import type { Rules } from '../rules/rules.ts'

/** The part of the status that names entries. */
export interface ServingStatus {
  readonly gateway?: Serving
  readonly metrics?: Serving
  readonly leftovers?: readonly Serving[]
}

/** @param isClean nothing of the API is left to delete. */
export function servingStatus(
  api: ExposedApi,
  entry: GatewayEntry | undefined,
  rules: Rules,
  isClean: boolean,
): ServingStatus {
  const leftovers = leftoversOf(api, rules, isClean)
  return {
    ...(entry && { gateway: { name: entry.name, adapter: entry.adapter.name } }),
    ...(isMetricsApi(api) && { metrics: { name: rules.metrics.name, adapter: rules.metrics.name } }),
    ...(leftovers.length > 0 && { leftovers }),
  }
}

/** Advice about what nobody looks after any more. */
export function leftoverFindings(leftovers: readonly Serving[] = [], rules: Rules): readonly Finding[] {
  const lost = leftovers.filter(({ name }) => !configured(rules).has(name))
  if (lost.length === 0) return []
  const names = lost.map(({ name, adapter }) => (name === adapter ? name : `${name} (adapter ${adapter})`)).join(', ')
  const message = `Objects of ${names} may still stand, which is no longer configured: configure it as retired to have them removed, or remove them by hand.`
  return [{ condition: 'RouteProgrammed', status: 'True', reason: 'Leftovers', message }]
}

/** An entry stays in the list until it is configured again and nothing of it is left. */
function leftoversOf({ status }: ExposedApi, rules: Rules, isClean: boolean): readonly Serving[] {
  const names = configured(rules)
  const before = [...(status.leftovers ?? []), ...[status.gateway, status.metrics].flatMap((one) => one ?? [])]
  const kept = before.filter(({ name }) => !names.has(name) || (!isClean && isListed(name, status.leftovers)))
  return kept.filter(({ name }, at) => kept.findIndex((other) => other.name === name) === at)
}

function isListed(wanted: string, leftovers: readonly Serving[] = []): boolean {
  return leftovers.some(({ name }) => name === wanted)
}

function configured({ gateways, metrics, retired }: Rules): ReadonlySet<string> {
  return new Set([...gateways, metrics, ...retired].map(({ name }) => name))
}
