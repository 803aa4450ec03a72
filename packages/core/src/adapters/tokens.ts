/**
 * Names under which the composition root registers its parts.
 *
 * `Symbol.for` and not `Symbol`: a third-party adapter may bring its own copy of core, and both copies must mean the same.
 */
export const TOKENS = {
  rules: Symbol.for('exposedapi.Rules'),
  client: Symbol.for('exposedapi.RestClient'),
  cluster: Symbol.for('exposedapi.Cluster'),
  controller: Symbol.for('exposedapi.Controller'),
  logger: Symbol.for('exposedapi.Logger'),
  telemetry: Symbol.for('exposedapi.Telemetry'),
} as const
