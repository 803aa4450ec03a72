/** Adapters with one fault each. */
import type { GatewayAdapter, Kind, PolicyName } from '../../src/index.ts'
import { TwoObjectGateway } from './gateway.ts'
import type { TwoObject } from './kinds.ts'

/** An adapter with one fault. */
export interface Mutant {
  readonly fault: string
  /** Name of the fact that is meant to catch it. */
  readonly caughtBy: string
  readonly make: () => GatewayAdapter
  /** Policies that its author believes to be supported besides. */
  readonly claims?: readonly PolicyName[]
}

/** A row of the tables. */
export function mutant(
  fault: string,
  caughtBy: string,
  Adapter: new () => GatewayAdapter,
  claims: readonly PolicyName[] = [],
): Mutant {
  return { fault, caughtBy, make: () => new Adapter(), claims }
}

/** The kinds of the adapter, with some fields of one of them otherwise. */
export function kindsWith(changed: Kind<TwoObject>, fields: Partial<Kind<TwoObject>>): GatewayAdapter['kinds'] {
  const { kinds } = new TwoObjectGateway()
  return kinds.map((use) =>
    use.kind.plural === changed.plural ? { ...use, kind: { ...changed, ...fields } as never } : use,
  )
}
