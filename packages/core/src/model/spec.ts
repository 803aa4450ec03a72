/** `spec` of an ExposedAPI in canonical form, and what can be wrong with one. */
import type * as z from 'zod'
import type { OwnReason, Reason } from '../findings/reasons.ts'
import type { API_TYPES, BasicAuth, SEGMENTS } from './schema.ts'

/** Marks an API outside the cluster: never routed, its status is written by hand and never touched. */
export const EXTERNAL = '<external>'

/** `spec` in canonical form. Fields with a problem hold a harmless value: look at `problems` first. */
export interface ApiSpec {
  readonly name: string
  readonly apiType: (typeof API_TYPES)[number]
  readonly implementation: string
  /** As written, hence with a trailing slash if there is one. */
  readonly path: string
  readonly port: number
  /** The path that the developer user interface is routed at, without query and fragment. Absent: nothing is routed for it. */
  readonly developerUI?: string
  /** What is published of it: what follows the address of the API, or a whole URL. */
  readonly developerUILink?: string
  readonly specification: readonly { readonly url?: string; readonly version?: string }[]
  readonly segment: (typeof SEGMENTS)[number]
  /** Undocumented, but read by the reference: host of the published URL. */
  readonly hostname?: string
  /** Undocumented, but read by the reference: credentials for scraping. Undefined also if malformed; see `basicAuthProblem`. */
  readonly basicAuth?: z.infer<typeof BasicAuth>
  readonly basicAuthProblem?: string
}

/** Something about a field of the spec: why it cannot be honoured, or what would be better. */
export interface SpecProblem {
  /** `spec.path` */
  readonly field: string
  readonly reason: Reason | OwnReason
  /** What is wrong and what to write instead, continuing "spec.path …". */
  readonly message: string
}
