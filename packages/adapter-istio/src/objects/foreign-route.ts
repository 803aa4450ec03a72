/**
 * What VirtualServices of others match, as far as it can conflict with our routes.
 *
 * Other people's objects come in every shape the API server once accepted, so each field is read for itself and falls back to
 * a harmless value.
 */

import { canonicalHost } from '@exposedapi/core'
import * as z from 'zod'
import { literalPrefix } from './literal-prefix.ts'

/** One path that a VirtualService of somebody else matches. */
export interface ForeignPath {
  readonly path: string
  /** `regex`: all that is known is that the path begins so. */
  readonly how: 'exact' | 'prefix' | 'regex'
  /** With a condition beside the path: then istiod does not move even `/` to the end. */
  readonly conditional: boolean
  /** Capitals do not matter. */
  readonly anyCase: boolean
  /** `namespace/name` of the only Gateways for which it counts, if it names some. */
  readonly gateways?: readonly string[]
  /** `namespace/name` of the VirtualService that decides below it. */
  readonly delegate?: string
}

/** The routes of a VirtualService that no ExposedAPI controls. */
export interface Foreign {
  /** `namespace/name` of Gateways. */
  readonly gateways: readonly string[]
  readonly hosts: readonly string[]
  readonly paths: readonly ForeignPath[]
}

const strings = z.array(z.string()).catch([])
const word = z.string().optional().catch(undefined)
const Uri = z.object({ exact: word, prefix: word, regex: word }).optional().catch(undefined)
const Match = z.looseObject({
  uri: Uri,
  gateways: z.array(z.string()).optional().catch(undefined),
  ignoreUriCase: z.boolean().optional().catch(undefined),
})
const Rule = z
  .object({
    match: z.array(Match).catch([]),
    delegate: z.object({ name: z.string(), namespace: word }).optional().catch(undefined),
  })
  .catch({ match: [], delegate: undefined })
const Spec = z
  .object({ gateways: strings, hosts: strings, http: z.array(Rule).catch([]) })
  .catch({ gateways: [], hosts: [], http: [] })

/** Reads `spec` of a VirtualService in `namespace`. Never throws. */
export function foreignRoutes(spec: unknown, namespace: string): Foreign {
  const { gateways, hosts, http } = Spec.parse(spec)
  const all = http.flatMap((rule) => pathsOf(rule, namespace))
  // istiod leaves out what stands behind a catch-all of the same VirtualService.
  const end = all.findIndex((path) => isMovedLast(path) && path.delegate === undefined && path.gateways === undefined)
  return {
    gateways: gateways.filter((name) => name !== 'mesh').map((name) => qualified(name, namespace)),
    hosts: hosts.map(canonicalHost),
    paths: end < 0 ? all : all.slice(0, end + 1),
  }
}

/** istiod moves a catch-all without conditions behind all other routes, whatever its age. */
export function isMovedLast({ path, how, conditional }: ForeignPath): boolean {
  return path === '/' && how === 'prefix' && !conditional
}

/** `namespace/name` of a Gateway or delegate as a VirtualService in `namespace` names it. */
export function qualified(name: string, namespace: string): string {
  const at = name.indexOf('/')
  if (at < 0) return `${namespace}/${name}`
  return name.startsWith('./') ? `${namespace}${name.slice(1)}` : name
}

const CATCH_ALL: ForeignPath = { path: '/', how: 'prefix', conditional: false, anyCase: false }

function pathsOf({ match, delegate }: z.infer<typeof Rule>, namespace: string): readonly ForeignPath[] {
  const to = delegate && { delegate: `${delegate.namespace || namespace}/${delegate.name}` }
  const paths = match.length === 0 ? [CATCH_ALL] : match.map((one) => foreignPath(one, namespace))
  return to ? paths.map((path) => ({ ...path, ...to })) : paths
}

function foreignPath(match: z.infer<typeof Match>, namespace: string): ForeignPath {
  const { name: _, uri, gateways, ignoreUriCase = false, ...conditions } = match
  return {
    ...pathOf(uri, Object.keys(conditions).length > 0),
    anyCase: ignoreUriCase,
    ...(gateways && gateways.length > 0 && { gateways: gateways.map((gateway) => qualified(gateway, namespace)) }),
  }
}

function pathOf(uri: z.infer<typeof Uri>, conditional: boolean): Pick<ForeignPath, 'path' | 'how' | 'conditional'> {
  if (uri?.exact !== undefined) return { path: uri.exact, how: 'exact', conditional }
  if (uri?.regex === undefined || uri.regex === '.*') return { path: uri?.prefix || '/', how: 'prefix', conditional }
  const { literal, whole } = literalPrefix(uri.regex)
  return whole ? { path: literal, how: 'exact', conditional } : { path: literal || '/', how: 'regex', conditional }
}
