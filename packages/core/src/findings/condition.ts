/** A condition as the Kubernetes API conventions define it. */
export interface Condition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  /** CamelCase, stable. */
  readonly reason: string
  /** Empty where the reason says it all. */
  readonly message: string
  /** RFC 3339. Changes only when `status` does. */
  readonly lastTransitionTime: string
}
