/** Why a condition says what it says: core's closed set of reasons, each with its cure, and the way to reasons of an adapter. */

/**
 * Every reason that does not belong to one product, with its cure. Part of the public API: a reason never changes its meaning,
 * its words may. Adapters choose from this list, or declare reasons of their own in their descriptor.
 */
export const REASONS = {
  // Good news.
  Accepted: 'Nothing to do: the spec is valid and the API owns its path.',
  Assigned: 'Nothing to do: the public address is known.',
  Programmed: 'Nothing to do: the route has been written. That means "configured", not "reachable".',
  EndpointsReady: 'Nothing to do: at least one endpoint behind the port is ready.',
  AllEnforced: 'Nothing to do: the gateway enforces every requested policy.',
  Configured: 'Nothing to do: the monitoring system knows the metrics API.',
  Ready: 'Nothing to do: the API is routed, published and served by a ready endpoint.',

  // Any condition.
  NotReadable:
    'Grant the operator the right that the message names (`exposedapi rbac` prints all of them). What is published stays until then.',

  // Accepted.
  InvalidSpec:
    'Correct the field that the message names. Until then the last valid route, if there is one, stays in place.',
  InvalidPath:
    'Write spec.path as the message says: it starts with "/", has at most 1024 characters, and contains no "?", "#", "{", "}", "*", whitespace or dot segment.',
  InvalidPort: 'Set spec.port to a port of the Service, from 1 to 65535.',
  InvalidImplementation:
    'Set spec.implementation to the bare name of a Service in the same namespace, or to "<external>" for an API outside the cluster.',
  InvalidHostname: 'Set spec.hostname to one DNS name, without scheme, port, path or wildcard.',
  PathConflict: 'Choose another path, or delete the older ExposedAPI that the message names.',
  NotOwned:
    'Rename or delete the object that the message names: it has the name that the operator needs, but belongs to somebody else.',
  LeftoverOfEarlierApi:
    'Wait: the garbage collector has yet to remove an object of an earlier ExposedAPI with the same name.',
  MisplacedPolicy:
    'Move the policy to the field that the message names. API key verification counts even in the wrong place; any other policy does not.',
  DeveloperUILink:
    'Check the published link. Only its path is routed; a plain path such as "/docs" gets no such message. The API itself is not affected.',
  UnknownFields: 'Remove the fields that the message names, or correct their spelling: they are ignored.',
  ComponentNotFound: 'Create the Component that the message names, or ignore this if the API stands alone.',

  // RouteProgrammed.
  CrdMissing: 'Install the custom resource definition that the message names; the operator notices it at once.',
  WriteRejected:
    'Read what the API server answered: usually an admission webhook objects, or the operator lacks a permission.',
  RoutePending: 'Wait: the route has not been written yet, or the gateway has not yet reported on it.',
  NotAllowedByGateway: 'Let a server of the Gateway admit this namespace and host.',
  RouteConflict: 'Look at the other route that the message names: it hides this one, or is hidden by it.',
  HiddenFromGateway: 'Do what the message says, so that the gateway sees the route: until then it answers 404.',
  ReportedByGateway: 'Read what the gateway reports about the route.',
  PathNotRouted: 'Read which path is not routed, and why. The other paths are.',
  NoGatewayMatches:
    'Add a gateway to the configuration of the operator whose rule matches this ExposedAPI, or one without a rule.',
  Moving: 'Wait: the route is set up on another gateway, and the former one serves until that is done.',
  Leftovers:
    'Configure the entry that the message names as retired, so that its objects are removed, or remove them by hand.',
  StillOpen:
    'Act at once: find out why the change was refused. The API asks for a protection that is not in force, and its route is open.',
  NoAnswer:
    'Check that the controller of the gateway is running: it has never reported on the object that the message names.',
  AdapterFault:
    'Report it to the author of the adapter that the message names; the details are in the log of the operator.',
  Denied:
    'Every request is answered with 503, because a protection that the API asks for cannot be enforced. Change the policy, or allow the open route with UNSUPPORTED_POLICY.',

  // AddressAssigned.
  GatewayNotFound: 'Create the Gateway that the message names, or configure another one.',
  NoUsableServer: 'Give the Gateway an HTTP server that does not redirect, or an HTTPS server that terminates TLS.',
  HostnameRequired: 'Configure a public host name: the Gateway only has wildcard hosts.',
  AddressPending:
    'Wait for the load balancer of the Service that the message names, or repair it; or configure a public host name.',
  AddressHeld: 'Wait: the address has just gone; the last known one stays published for a while.',
  AmbiguousAddress:
    'Configure which Service or host to publish: several were possible, and the first in a stable order was taken.',
  NotRouted: 'Look at RouteProgrammed or Accepted first: this only follows from it.',

  // ImplementationReady.
  ServiceNotFound: 'Create the Service that spec.implementation names, in the namespace of the ExposedAPI.',
  PortNotFound: 'Set spec.port to a port of the Service (not its target port), or add the port to the Service.',
  ExternalNameService:
    'Use a Service without a selector together with an EndpointSlice of your own; or set spec.implementation to "<external>" and write the status by hand. A Service of type ExternalName has no endpoints, so its readiness cannot be known.',
  NoReadyEndpoint: 'Look at the Pods behind the Service: none of them is ready.',

  // PoliciesEnforced and verdicts on single policies.
  Enforced: 'Nothing to do.',
  Approximate: 'Read in status.policies how what the gateway does differs from what was asked for.',
  Unsupported: 'Drop the policy, use another gateway, or enable the add-on that the message names.',
  Invalid: 'Correct the policy field that the message names.',
  InsecureCORS: 'List the allowed origins: any origin together with credentials lets any website act for the user.',
  QuotaPeriodMissing: 'Use rateLimit instead: the ExposedAPI has no field for the period of a quota.',
  PolicyPending: 'Wait: the policy is not in force yet; the message says what it is waiting for.',
  UpdatePending: 'Wait: the policy is in force as it was before, and the change is on its way.',
  UpdateRejected: 'Read who refused the change. The policy stays in force as it was before.',
  FieldsDropped:
    'Update the custom resource definition of the object that the message names: the API server drops fields that it does not know.',
  Pending: 'Wait: status.policies says what is not in force yet.',
  Refused: 'Read in status.policies who refused which policy, and why.',
  UnknownTemplate: 'Use a template that the operator knows. It never downloads one.',
  ProviderMissing: 'Configure an external authorizer in the mesh.',

  // MetricsConfigured.
  ServiceHasNoLabels: 'Label the Service: without labels, its monitor has to look at every Service of the namespace.',
  ServiceHasNoSelector: 'Give the Service a selector, or use a metrics mode that needs none.',
  TargetPortUnresolved: 'Wait for an endpoint: only then is the number of the named target port known.',
  BasicAuthInvalid:
    'Write spec.basicAuth as {username: {name, key}, password: {name, key}}: names of Secrets, and keys in them.',
  NoPods: 'Wait: the Service does not select any Pod yet.',
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
