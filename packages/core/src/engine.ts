/** What runs decisions: for the controller and the operator of this repository. Adapters do not import it. */
export { TOKENS } from './adapters/tokens.ts'
export { MemoryView } from './cluster/memory-view.ts'
export { customResourceDefinition } from './crd/custom-resource-definition.ts'
export { decideComponent } from './decide/conclude/component.ts'
export { type Conclusion, conclude } from './decide/conclude/conclude.ts'
export type { ConclusionInput } from './decide/conclude/conclusion-input.ts'
export type { GraceState } from './decide/conclude/grace-periods.ts'
export { isBehind, statusPatch } from './decide/conclude/status.ts'
export { release } from './decide/plan/annotations.ts'
export { isDispensable, isReady, type Plan, plan } from './decide/plan/plan.ts'
export { AdapterFault } from './decide/rules/adapter-fault.ts'
export { kindOf } from './decide/rules/children.ts'
export { ENTRY_LABEL, type GatewayEntry, onlyGateway } from './decide/rules/gateway-entry.ts'
export { ownedKinds, ownedKindsOf } from './decide/rules/owned-kinds.ts'
export { pathIndexes } from './decide/rules/placement.ts'
export type { WriteFailure } from './decide/rules/refusals.ts'
export { type Rules, rulesOf } from './decide/rules/rules.ts'
export { DEFAULT_SETTINGS, type Settings } from './decide/rules/settings.ts'
export { hasContent, type Settled, settle, type World } from './decide/settle.ts'
export type { Condition } from './findings/condition.ts'
export { GOOD_REASONS } from './findings/conditions.ts'
export { REASONS } from './findings/reasons.ts'
export {
  type ApiStatus,
  COMPONENT_LABEL,
  componentNameOf,
  type ExposedApiStatus,
  exposedApi,
} from './model/exposed-api.ts'
export { API_BY_COMPONENT, byController, COMPONENT } from './model/kinds.ts'
export { ExposedApiSpec } from './model/schema.ts'
