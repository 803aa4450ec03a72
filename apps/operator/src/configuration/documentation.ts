/** Every variable that the operator and its adapters read, for `--help` and the documentation. */
import { BUILT_IN } from './descriptors.ts'
import { ENVIRONMENT } from './environment.ts'

/** One variable as users read of it. */
export interface DocumentedVariable {
  readonly name: string
  /** Which adapter reads it; undefined: the operator itself. */
  readonly adapter?: string
  /** As it would be written; undefined where there is none. */
  readonly fallback?: string
  readonly meaning: string
}

/** The operator's own first, then those of each adapter. */
export function documentedVariables(): readonly DocumentedVariable[] {
  const own = Object.entries(ENVIRONMENT).map(([name, schema]): DocumentedVariable => {
    const fallback = schema.safeParse(undefined).data
    return {
      name,
      meaning: schema.meta()?.description ?? '',
      ...(fallback !== undefined && { fallback: String(fallback) }),
    }
  })
  const ofAdapters = BUILT_IN.flatMap(({ name: adapter, variables = {}, jsonSchema: { properties = {} } }) =>
    Object.entries<string | undefined>(variables).flatMap(([option, name]): DocumentedVariable[] => {
      const { default: fallback, description = '' } = properties[option] ?? {}
      const written = typeof fallback === 'object' || fallback === undefined ? undefined : String(fallback)
      return name === undefined
        ? []
        : [{ name, adapter, meaning: description, ...(written !== undefined && { fallback: written }) }]
    }),
  )
  return [...own, ...ofAdapters]
}
