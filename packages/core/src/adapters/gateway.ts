/** The contract of a gateway whose configuration is Kubernetes objects. */

import type { Index, KindUse, KubeObject, RenderedObject, View } from '@exposedapi/objects'
import type { Finding } from '../findings/finding.ts'
import type { Address } from '../model/address.ts'
import type { ExposedApi } from '../model/exposed-api.ts'
import type { PolicyName, PolicyRequests } from '../policies/policies.ts'
import type { PolicyVerdict } from '../policies/verdict.ts'
import type { Rendered } from './rendered.ts'

/** One API as the gateway shall serve it: everything core has already decided about it. */
export interface RouteIntent {
  readonly api: ExposedApi
  /**
   * The metadata of what is rendered for it: name, namespace, labels, owner. A further object adds a suffix to the name. Of a nested
   * route it names the object that its own API renders.
   */
  readonly meta: RenderedObject['metadata']
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

/** What is true of a route, now that it is written. */
export interface Observation {
  /** The rendered object whose uid becomes `status.apiStatus.uid`. */
  readonly published?: KubeObject
  readonly address?: Address | undefined
  /** On `RouteProgrammed` and `AddressAssigned`. */
  readonly findings: readonly Finding[]
  /** What the gateway reports about policies, if it reports anything. */
  readonly policies?: readonly PolicyReport[]
  /** The gateway has not answered yet to what was written last (`observedGeneration` lags). */
  readonly awaiting?: boolean
}

/** What the gateway says about one policy. */
export interface PolicyReport {
  readonly policy: PolicyName
  readonly state: 'Enforced' | 'Pending' | 'Refused'
  readonly message: string
}

/**
 * A gateway whose configuration is Kubernetes objects. Pure: no I/O, no clock, no environment, no memory. The engine
 * watches, compares, writes, retries and deletes. No function throws for a state that a cluster can be in; one that throws all the
 * same makes its API `Ready=Unknown`, reason `AdapterFault`, and costs no other API anything.
 */
export interface GatewayAdapter {
  readonly name: string
  /**
   * Kinds it reads or writes besides those of core. The engine caches them; watches and RBAC follow from them. Owned kinds in the
   * order in which `render` lists their objects: protection before what it protects. Deleted in the reverse.
   */
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
  /** What can be done about each requested policy, given what the cluster serves and the options allow. Asked before rendering. */
  verdicts(api: ExposedApi, policies: PolicyRequests, view: View): readonly PolicyVerdict[]
  /** What to write, in write order. What is no longer rendered is deleted. Nothing, if it cannot be: `observe` says why. */
  render(request: RouteRequest, view: View): readonly Rendered[]
  /** What is true of it: asked with the same request on the view that contains what was written. */
  observe(request: RouteRequest, view: View): Observation
}
