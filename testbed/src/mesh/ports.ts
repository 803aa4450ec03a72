/** Ports inside of the namespace, where nobody else has any. */
export const MESH_PORTS = {
  /** Of the gateway, as Envoy learns it from Gateway and Service. */
  http: 80,
  https: 443,
  /** Where every Pod listens. */
  pod: 8080,
  /** Where the authorizer listens, on every address too. */
  authorizer: 9000,
  envoyAdmin: 15000,
  discovery: 15010,
  secureDiscovery: 15012,
  istiodMetrics: 15014,
  istiodWebhook: 15017,
  istiodHttp: 15080,
} as const
