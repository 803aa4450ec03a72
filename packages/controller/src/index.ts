/** The domain loop of the ExposedAPI operator. */
export { Controller, type ControllerHealth, type ControllerOptions } from './controller.ts'
export { declaredKinds } from './declared-kinds.ts'
export { type PolicyRule, policyRules } from './rbac.ts'
