/**
 * Is a schema one that the API server accepts in a CRD? The rules of structural schemas, as far as a generator can break
 * them; the API server is the second judge.
 *
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
import { isRecord } from '@exposedapi/objects'

const TYPES = new Set(['object', 'array', 'string', 'integer', 'number', 'boolean'])
const KEYWORDS = new Set([
  ...['type', 'description', 'title', 'format', 'nullable', 'default', 'example', 'externalDocs', 'enum', 'pattern'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength'],
  ...['minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties', 'required'],
  ...['properties', 'additionalProperties', 'items', 'allOf', 'anyOf', 'oneOf', 'not'],
])
/** Inside allOf, anyOf, oneOf and not a schema may only restrict, never describe. */
const NOT_IN_LOGIC = ['type', 'description', 'title', 'default', 'nullable', 'additionalProperties']

/** What keeps this schema from being structural, each with its place; empty if it is. */
export function structuralProblems(schema: unknown, at = 'openAPIV3Schema'): readonly string[] {
  if (!isRecord(schema)) return [`${at}: is no schema`]
  return [...own(schema, at), ...children(schema).flatMap(([place, child]) => structuralProblems(child, at + place))]
}

function own(schema: Record<string, unknown>, at: string): readonly string[] {
  const { type, properties, additionalProperties } = schema
  const intOrString = schema['x-kubernetes-int-or-string'] === true
  const preserving = schema['x-kubernetes-preserve-unknown-fields']
  const unknown = Object.keys(schema).filter((key) => !KEYWORDS.has(key) && !key.startsWith('x-kubernetes-'))
  const logic = ['allOf', 'anyOf', 'oneOf'].flatMap((key) => (Array.isArray(schema[key]) ? schema[key] : []))
  const describing = [...logic, schema.not ?? {}].flatMap((branch) =>
    isRecord(branch) && !intOrString ? NOT_IN_LOGIC.filter((key) => key in branch) : [],
  )
  return [
    ...unknown.map((key) => `${at}: ${key} is forbidden`),
    ...describing.map((key) => `${at}: ${key} is forbidden inside allOf, anyOf, oneOf and not`),
    ...when(!intOrString && preserving !== true && !TYPES.has(String(type)), `${at}: type ${String(type)} is none`),
    ...when(preserving !== undefined && preserving !== true, `${at}: preserve-unknown-fields can only be true`),
    ...when(type === 'array' && !isRecord(schema.items), `${at}: an array needs items`),
    ...when(additionalProperties === false, `${at}: additionalProperties cannot be false`),
    ...when(
      additionalProperties !== undefined && properties !== undefined,
      `${at}: properties exclude additional ones`,
    ),
    ...when(schema.uniqueItems === true, `${at}: uniqueItems cannot be true`),
  ]
}

function children(schema: Record<string, unknown>): readonly (readonly [string, unknown])[] {
  const { properties, additionalProperties, items } = schema
  return [
    ...Object.entries(isRecord(properties) ? properties : {}).map(([name, child]) => [`.${name}`, child] as const),
    ...(isRecord(additionalProperties) ? [['{}', additionalProperties] as const] : []),
    ...(isRecord(items) ? [['[]', items] as const] : []),
  ]
}

function when(wrong: boolean, problem: string): readonly string[] {
  return wrong ? [problem] : []
}
