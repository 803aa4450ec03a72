/** What Istio alone makes of each policy. */
export { policyVerdicts } from './policies.ts'
