/** What tests and the demo share: a Canvas on a test bed, and the operator as a process. */
export { Api, type Manifest } from './api.ts'
export {
  type Canvas,
  type CanvasOptions,
  canvasCrds,
  furnish,
  OPERATOR_USER,
  setAddress,
  startCanvas,
} from './canvas.ts'
export * from './manifests.ts'
export { type LogLine, type OperatorOptions, OperatorProcess } from './operator-process.ts'
export { pathOf } from './resources.ts'
