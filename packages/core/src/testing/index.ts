/** What adapters test themselves with: builders, an in-memory view, reference adapters, and the contracts as test suites. */
export { MemoryView } from '../cluster/memory-view.ts'
export { type ApiStatus, exposedApi } from '../model/exposed-api.ts'
export { adapterOf } from './adapter-of.ts'
export * from './builders.ts'
export { type Decision, decide } from './decide-once.ts'
export { type GatewayContract, gatewayContract } from './gateway-contract.ts'
export { type MetricsContract, metricsContract } from './metrics-contract.ts'
export * from './null-gateway.ts'
