/** What a control plane is made of, for whoever needs one that the test bed does not start: the benchmarks. */
export { withLock } from '../build/build-lock.ts'
export { type Layout, layout, logFile, writeInputs } from '../processes/layout.ts'
export { freePorts } from '../processes/ports.ts'
export { LIFELINE } from '../processes/supervisor-protocol.ts'
export { apiServerFlags, etcdFlags } from './flags.ts'
export { kubeconfig } from './kubeconfig.ts'
export { until } from './until.ts'
