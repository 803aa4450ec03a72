/**
 * One ExposedAPI through runs of the operator: plan, write, plan again if something was refused, conclude, write the status.
 *
 * The order is that of the operator's loop, without a cluster: writes are stored at once, unless they are refused.
 */
import { type KindUse, type KubeObject, sameJson } from '@exposedapi/objects'
import { type AppliedAnnotations, fieldManagerOf } from '../adapters/metrics.ts'
import type { Rendered } from '../adapters/rendered.ts'
import { type Conclusion, conclude } from '../decide/conclude/conclude.ts'
import type { GraceState } from '../decide/conclude/grace-periods.ts'
import { isDispensable, isReady, type Plan, plan } from '../decide/plan/plan.ts'
import { kindOf } from '../decide/rules/children.ts'
import { ownedKindsOf } from '../decide/rules/owned-kinds.ts'
import type { WriteFailure } from '../decide/rules/refusals.ts'
import type { Rules } from '../decide/rules/rules.ts'
import { type ExposedApiStatus, exposedApi } from '../model/exposed-api.ts'
import { EXPOSED_API } from '../model/kinds.ts'
import type { PolicyName } from '../policies/policies.ts'
import type { PolicyVerdict } from '../policies/verdict.ts'
import { ensure } from './assert.ts'
import type { Product, World } from './world.ts'

/** An object of somebody else on which a field manager holds these annotations and no others. */
export type Hold = (object: KubeObject, annotations: Readonly<Record<string, string>>, manager: string) => KubeObject

/** What happens to writes. */
export interface Circumstances {
  /** What the API server says against a write; undefined if it takes it. */
  readonly refuses?: (object: KubeObject) => string | undefined
  readonly product?: Product
  /** The stored object once a field manager holds these annotations and no others. */
  readonly hold?: Hold
  /** Called before each write that is taken. */
  readonly onWrite?: (object: KubeObject, planned: Plan) => void
}

/** An API, and the cluster that it lives in. */
export class Runs {
  readonly world: World
  readonly rules: Rules
  /** Objects that were deleted. */
  readonly deleted: KubeObject[] = []
  /** May change from run to run. */
  circumstances: Circumstances = {}
  #raw: KubeObject
  #grace: GraceState = {}

  constructor(world: World, rules: Rules, raw: KubeObject) {
    this.world = world.add(EXPOSED_API, raw)
    this.rules = rules
    this.#raw = raw
  }

  /** The status as it is stored. */
  get status(): ExposedApiStatus {
    return exposedApi(this.#raw).status
  }

  /** The objects of the API as they are stored. */
  get stored(): readonly KubeObject[] {
    const uid = this.#raw.metadata.uid
    const owned = this.world.rawOf(ownedKindsOf(this.rules).all)
    return owned.filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid))
  }

  get #kinds(): readonly KindUse[] {
    return [...this.rules.gateways.map(({ adapter }) => adapter), this.rules.metrics].flatMap(({ kinds }) => kinds)
  }

  /** What would be written now. */
  plan(failures: readonly WriteFailure[] = []): Plan {
    return plan(exposedApi(this.#raw), this.world, this.rules, failures)
  }

  /** The user asks for something else. */
  respec(raw: KubeObject): void {
    this.#change({ ...raw, ...this.#statusField() })
  }

  /** The product has another look at all that is stored. */
  answer(product: Product): void {
    this.circumstances = { ...this.circumstances, product }
    this.world.store(this.#kinds, this.stored.map(withoutStatus), product)
  }

  /** One run at some time, in milliseconds. */
  run(now: number): Conclusion {
    const failures: WriteFailure[] = []
    const first = this.plan()
    const stands = this.#write(first, failures)
    const last = stands && failures.length === 0 ? first : this.plan(failures)
    if (failures.length > 0) this.#write(last, failures)
    const conclusion = conclude(last, this.world, this.rules, { now, grace: this.#grace, failures })
    this.#grace = conclusion.grace
    if (conclusion.status) this.#change({ ...this.#raw, ...{ status: conclusion.status } })
    const said = [...(this.status.conditions ?? []), ...((this.status.policies ?? []) as readonly PolicyVerdict[])]
    const untrue = said.find(({ reason }) => reason === 'FieldsDropped')
    ensure(!untrue, () => `FieldsDropped is said, and here no field is ever dropped: ${untrue?.message}`)
    return conclusion
  }

  /** As many runs at one time as it takes until nothing changes any more. Throws when it does not end. */
  settle(now: number): void {
    for (let runs = 0; runs < 8; runs++) {
      const before = [this.stored, this.status]
      this.run(now)
      if (sameJson([this.stored, this.status], before)) return
    }
    throw new Error('each run writes again: it does not settle')
  }

  /** Returns whether the plan still stands: our own objects were foreseen, but those of others may look otherwise now. */
  #write(planned: Plan, failures: WriteFailure[]): boolean {
    for (const rendered of planned.writes) {
      const isWritten = this.#apply(rendered, planned, failures)
      if (!isWritten && !isDispensable(rendered, this.rules.settings)) return true
      if (isWritten && !isReady(rendered, this.world, this.rules)) return true
    }
    if (failures.length > 0) return true
    for (const object of planned.obsolete) {
      const kind = kindOf(object, ownedKindsOf(this.rules).all)
      if (kind) this.world.remove(kind, object.metadata.namespace ?? '', object.metadata.name)
      this.deleted.push(object)
    }
    for (const entry of planned.annotate) this.#annotate(entry, failures)
    return planned.obsolete.length + planned.annotate.length === 0
  }

  #annotate({ kind, object, annotations }: AppliedAnnotations, failures: WriteFailure[]): void {
    const { refuses, hold } = this.circumstances
    const message = refuses?.(object)
    if (message !== undefined) failures.push({ object, message })
    const raw = this.world.raw(kind, object)
    if (message !== undefined || !raw || !hold) return
    this.world.add(kind, hold(raw, annotations, fieldManagerOf(this.#raw.metadata.uid ?? '')))
  }

  /** What was refused in this run is not sent again as it was. */
  #apply({ object }: Rendered, planned: Plan, failures: WriteFailure[]): boolean {
    if (failures.some((failure) => sameJson(failure.object, object))) return false
    const { refuses, product, onWrite } = this.circumstances
    const message = refuses?.(object)
    if (message !== undefined) {
      failures.push({ object, message })
      return false
    }
    onWrite?.(object, planned)
    this.world.store(this.#kinds, [object], product)
    return true
  }

  #statusField(): { readonly status?: unknown } {
    return 'status' in this.#raw ? { status: this.#raw.status } : {}
  }

  #change(raw: KubeObject): void {
    this.#raw = raw
    this.world.add(EXPOSED_API, raw)
  }
}

/** A condition of a status, as `status reason`; undefined if there is none. */
export function conditionOf({ conditions = [] }: ExposedApiStatus, type: string): string | undefined {
  const found = conditions.find((condition) => condition.type === type)
  return found && `${found.status} ${found.reason}`
}

/** The verdict of a status on a policy. */
export function verdictOf({ policies = [] }: ExposedApiStatus, policy: PolicyName): PolicyVerdict | undefined {
  return (policies as readonly PolicyVerdict[]).find((verdict) => verdict.policy === policy)
}

function withoutStatus(object: KubeObject): KubeObject {
  const { status: _, ...rest } = object as KubeObject & { readonly status?: unknown }
  return rest
}
