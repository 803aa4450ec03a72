/** Why a condition says what it says: core's closed set of reasons, each with its cure, and the way to reasons of an adapter. */

/**
 * Every reason that does not belong to one product, with its cure. Part of the public API: a reason never changes its meaning,
 * its words may. Adapters choose from this list, or declare reasons of their own in their descriptor.
 */
export const REASONS = {
  // Good news.
  Accepted: 'Nothing to do: the spec is meaningful and owns its path.',
  Assigned: 'Nothing to do: the public address is known.',
  Programmed: 'Nothing to do: the route is written. It says "configured", not "reachable".',
  EndpointsReady: 'Nothing to do: at least one endpoint behind the port is ready.',
  AllEnforced: 'Nothing to do: the gateway does what every requested policy says.',
  Configured: 'Nothing to do: the metrics API is made known to the monitoring system.',
  Ready: 'Nothing to do: routed, published and served by a ready endpoint.',

  // Accepted.
  InvalidSpec: 'Correct the field that the message names; a last good route stays until then.',
  InvalidPath:
    'Correct spec.path or spec.developerUI: it starts with "/", holds no "?", "#", ".." or blanks, and has at most 1024 characters.',
  InvalidPort: 'Set spec.port to a port of the Service, 1 to 65535.',
  InvalidImplementation: 'Set spec.implementation to the name of a Service in the same namespace, or "<external>".',
  InvalidHostname: 'Set spec.hostname to a DNS name without scheme, port or wildcard.',
  PathConflict: 'Choose another path, or delete the older ExposedAPI that the message names.',
  NotOwned: 'Rename or delete the object that the message names: it has our name but another owner.',
  LeftoverOfEarlierApi:
    'Wait: the garbage collector still has to remove an object of an earlier ExposedAPI of this name.',
  UnknownFields: 'Remove the fields that the message names, or correct their spelling: nothing reads them.',
  ComponentNotFound: 'Create the Component that the message names, or ignore this if the API stands alone.',

  // RouteProgrammed.
  CrdMissing: 'Install the custom resource definition that the message names; it is picked up at once.',
  WriteRejected: 'Read the answer of the API server in the message; usually a webhook or a missing permission.',
  RoutePending: 'Wait: the route has not been written yet.',
  NotAllowedByGateway: 'Let a server of the Gateway admit this namespace and host.',
  RouteConflict: 'Look at the other route that the message names: it hides this one or is hidden by it.',
  HiddenFromGateway: 'Do what the message says, so that the gateway sees the route: until then it answers 404.',
  ReportedByGateway: 'Read in the message what the gateway reports about the route.',
  PathNotRouted: 'Read which requested path is not routed, and why; the others are.',
  NoGatewayMatches:
    'Add a gateway to the configuration of the operator whose rule matches this ExposedAPI, or one without a rule.',
  Moving: 'Wait: the route is set up on another gateway, and the former one serves until that is done.',
  Leftovers:
    'Configure the entry that the message names as retired, so that its objects are removed, or remove them by hand.',
  StillOpen:
    'Cure what refuses the change, at once: the route is open although a protection is asked for that is not in force.',
  NoAnswer:
    'Look at the controller of the gateway: it has never said what it makes of the object that the message names.',
  AdapterFault:
    'Report it to the author of the adapter that the message names; the log of the operator has the details.',
  Denied:
    'The route answers 503 because a requested protection cannot be enforced. Change the policy, or allow it with UNSUPPORTED_POLICY.',

  // AddressAssigned.
  GatewayNotFound: 'Create the Gateway that the message names, or configure another one.',
  NoUsableServer: 'Give the Gateway an HTTP server without redirect, or an HTTPS server that terminates TLS.',
  HostnameRequired: 'Configure a public host name: the Gateway only has wildcard hosts.',
  AddressPending:
    'Wait for, or fix, the load balancer of the Service that the message names; or configure a public host name.',
  AddressHeld: 'Wait: the address has just gone; the last one stays published for a moment.',
  AmbiguousAddress: 'Configure which Service or host to publish; the first one in stable order was taken.',
  NotRouted: 'Cure RouteProgrammed or Accepted first: no address is published for an API without a route.',

  // ImplementationReady.
  ServiceNotFound: 'Create the Service that spec.implementation names, in the same namespace.',
  PortNotFound: 'Set spec.port to a port of the Service, or add it there.',
  NoReadyEndpoint: 'Look at the Pods behind the Service: none is ready.',

  // PoliciesEnforced and verdicts on single policies.
  Enforced: 'Nothing to do.',
  Approximate: 'Read in status.policies how the gateway differs from what was asked.',
  Unsupported: 'Drop the policy, use another gateway, or enable the add-on that the message names.',
  Invalid: 'Correct the policy field that the message names.',
  InsecureCORS: 'Name the allowed origins: any origin together with credentials lets every site act for the user.',
  QuotaPeriodMissing: 'Use rateLimit: the ExposedAPI has no field for the period of a quota.',
  PolicyPending: 'Wait: the policy is not in force yet; the message says what it waits for.',
  UpdatePending: 'Wait: the policy is in force in its former shape, and the change is on its way.',
  UpdateRejected: 'Read who refused the change; the policy stays in force in its former shape.',
  FieldsDropped:
    'Update the custom resource definition of the object that the message names: the API server drops fields of it.',
  Pending: 'Wait: read in status.policies what is not in force yet.',
  Refused: 'Read in status.policies who refused which policy, and why.',
  UnknownTemplate: 'Use a template that the operator knows. It never downloads one.',
  ProviderMissing: 'Configure an external authorizer in the mesh.',

  // MetricsConfigured.
  ServiceHasNoLabels: 'Label the Service: without labels the monitor must look at every Service of the namespace.',
  ServiceHasNoSelector: 'Give the Service a selector, or use a mode that needs none.',
  TargetPortUnresolved: 'Wait for an endpoint: the named target port is known only then.',
  BasicAuthInvalid: 'Give spec.basicAuth the shape {username: {name, key}, password: {name, key}}.',
  NoPods: 'Wait: the Service selects no Pod yet.',
  ContainerPortNotDeclared: 'Declare the port in a container of the Pod.',
  AnnotationConflict: 'Look at the owner of the annotation that the message names: one of the two has to give way.',
} as const satisfies Record<string, string>

/** A stable, documented reason; the key of {@link REASONS}. */
export type Reason = keyof typeof REASONS

/** A reason that one adapter declares; {@link ownReason} makes it. */
export type OwnReason = string & { readonly ownReason: never }

/**
 * A reason of an adapter's own: its name, prefixed with the adapter's, so that no two adapters mean different things by one
 * word. The descriptor lists it under this name, with its cure.
 */
export function ownReason(adapter: string, name: string): OwnReason {
  return `${adapter.slice(0, 1).toUpperCase()}${adapter.slice(1)}${name}` as OwnReason
}
