/** The domain loop of the ExposedAPI operator. */
export { Controller, type ControllerHealth, type ControllerOptions } from './controller.ts'
export { type PolicyRule, policyRules } from './rbac.ts'
export { uses } from './uses.ts'
