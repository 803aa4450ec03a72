/** The contract of a gateway whose configuration is Kubernetes objects. */

import type { Index, KindUse, KubeObject, RenderedObject, View } from '@exposedapi/objects'
import type { Finding } from '../findings/finding.ts'
import type { Address } from '../model/address.ts'
import type { ExposedApi } from '../model/exposed-api.ts'
import type { PolicyRequests } from '../policies/policies.ts'
import type { PolicyVerdict } from '../policies/verdict.ts'

/** One API as the gateway shall serve it: everything core has already decided about it. */
export interface RouteIntent {
  readonly api: ExposedApi
  /** Hosts under which the API is served, as the adapter's `hosts` gave them. */
  readonly hosts: readonly string[]
  /**
   * Normalised paths, longest first: `spec.path`, and `spec.developerUI` when it lies outside. A path means itself and
   * everything below it, segment by segment: `/a` covers `/a/b`, never `/ab`.
   */
  readonly paths: readonly string[]
  /** Policies that the adapter said it enforces, exactly or approximately. The others are not here. */
  readonly policies: PolicyRequests
  /** If set, every request to these paths must get an error and never reach the implementation. The text tells why. */
  readonly denied?: string
}

/** What a gateway adapter is asked to render. */
export interface RouteRequest {
  readonly route: RouteIntent
  /**
   * Routes of other ExposedAPIs strictly below a path of `route` on a shared host, longest path first. A gateway without
   * longest-prefix matching must give them precedence over `route`.
   */
  readonly nested: readonly RouteIntent[]
}

/**
 * The result of rendering one route. `address` and `findings` are asked for once the objects are written and in the view; where
 * they depend on these, they must be getters that look into the view then.
 */
export interface RenderedRoute {
  /** In write order; deleted in the reverse. What is no longer rendered is deleted. */
  readonly objects: readonly RenderedObject[]
  /** The rendered object whose uid is published as `status.apiStatus.uid`. */
  readonly published?: KubeObject
  readonly address?: Address | undefined
  /** On `RouteProgrammed` and `AddressAssigned`. */
  readonly findings: readonly Finding[]
}

/**
 * A gateway whose configuration is Kubernetes objects. Pure: no I/O, no clock, no environment, no memory. The engine
 * watches, compares, writes, retries and deletes.
 */
export interface GatewayAdapter {
  readonly name: string
  /** Kinds it reads or writes besides those of core. The engine caches them; watches and RBAC follow from them. */
  readonly kinds: readonly KindUse[]
  readonly indexes: readonly Index[]
  /**
   * Which of several routes that match a request the product takes. `longest-path`: the longest, by itself, so nothing need be
   * nested. `written-order`: the first that fits, so routes below a path must be rendered before it.
   */
  readonly precedence: 'longest-path' | 'written-order'
  /**
   * Does the product move a route at `/` behind all others by itself, whatever the order? Such a route is then spared what is
   * nested below it, which is every other route of its host. Depends on the enforced policies only. Default: never.
   */
  putsRootLast?(policies: PolicyRequests): boolean
  /**
   * Namespaces of what it reads with scope `cluster`, as far as options name them: watched there where RBAC forbids to watch the
   * whole cluster. Default none.
   */
  readonly namespaces?: readonly string[]
  /** Hosts under which this API is served; `*` for any. Depends on the API and the adapter's options only. */
  hosts(api: ExposedApi): readonly string[]
  /**
   * The gateway that serves this API, in any words that tell it from others. APIs with different answers never share a path:
   * equal paths are no conflict, and none is nested in the other. Absent: one gateway for all. Depends on the API and the
   * adapter's options only.
   */
  gatewayOf?(api: ExposedApi): string
  /** One verdict for each requested policy, given what the cluster serves and the options allow. */
  verdicts(policies: PolicyRequests, view: View): readonly PolicyVerdict[]
  /** Same request and same view in, same result out. Never throws for a state that a cluster can be in. */
  render(request: RouteRequest, view: View): RenderedRoute
}
