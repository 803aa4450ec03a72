/** Everything we render passes the schema of Istio's CRD and the rules of its webhook, which may be off in a cluster. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { covers } from '@exposedapi/core'
import { anApi, childMeta } from '@exposedapi/core/testing'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { destinationProblem, escapedRegex, isHeaderName, isMethod } from './envoy-limits.ts'
import type { HttpRule, VirtualServiceSpec } from './virtual-service.ts'

const TESTDATA = new URL('../testdata/', import.meta.url)
// Istio's CRDs, beside the repository where the project is developed.
const CRDS = new URL('../../../../shared/data/crds/istio.yaml', import.meta.url).pathname
const schema = existsSync(CRDS) ? virtualServiceSchema(readFileSync(CRDS, 'utf8')) : undefined

const rendered = readdirSync(TESTDATA)
  .filter((file) => file.endsWith('.out.yaml'))
  .flatMap((file) => {
    const apis: Record<string, { objects: { is: string; spec: VirtualServiceSpec }[] }> =
      parse(readFileSync(new URL(file, TESTDATA), 'utf8')) ?? {}
    return Object.values(apis).flatMap(({ objects }) => objects.map((object) => ({ ...object, file })))
  })

describe.each(rendered)('$file: $is', ({ spec }) => {
  it('passes the schema, without unknown fields', ({ skip }) => {
    if (!schema) return skip(`no Istio CRDs at ${CRDS}`)
    expect(schema.safeParse(spec).error?.issues).toBeUndefined()
  })

  it('passes the webhook', () => {
    const { hosts, gateways, http } = spec
    const overlapping = hosts.filter((host, at) => hosts.some((other, where) => where !== at && covers(other, host)))
    expect(overlapping, 'duplicate hosts').toEqual([])
    expect(gateways).toEqual([expect.stringMatching(/^[^/]+\/[^/]+$/)])
    expect(http.length).toBeGreaterThan(0)
    for (const rule of http) expect(ruleProblems(rule), JSON.stringify(rule)).toEqual([])
  })
})

/** What the webhook refuses in a rule, or Envoy where there is no webhook. */
function ruleProblems({ match, route, directResponse, corsPolicy, retries }: HttpRule): readonly string[] {
  const regexes = [
    ...match.flatMap(({ uri, authority }) => [uri, ...(authority ? [authority] : [])]),
    ...(corsPolicy?.allowOrigins ?? []),
  ]
    .flatMap((one) => ('regex' in one ? [one.regex.replace('(?i)', '')] : []))
    .filter((regex) => regex.length > 1024 || /\(\?|\\[0-9]/.test(regex) || !isRegex(regex))
  return [
    ...regexes.map((regex) => `regex ${regex}`),
    ...((route === undefined) === (directResponse === undefined) ? ['route and directResponse, or neither'] : []),
    ...(directResponse && (directResponse.status < 200 || directResponse.status > 599) ? ['status'] : []),
    ...(route ?? []).flatMap(({ destination: { port } }) => (port.number > 0 && port.number < 65536 ? [] : ['port'])),
    ...(corsPolicy?.allowMethods ?? []).filter((method) => !isMethod(method)),
    ...[...(corsPolicy?.allowHeaders ?? []), ...(corsPolicy?.exposeHeaders ?? [])].filter(
      (name) => !isHeaderName(name),
    ),
    ...(corsPolicy?.maxAge === undefined || /^[1-9][0-9]*s$/.test(corsPolicy.maxAge) ? [] : ['maxAge']),
    ...(retries && retries.attempts < 0 ? ['attempts'] : []),
  ]
}

function isRegex(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp
  } catch {
    return false
  }
}

function virtualServiceSchema(crds: string): z.ZodType {
  const text = crds
    .split('\n---\n')
    .find((document) => document.includes('\n  name: virtualservices.networking.istio.io\n'))
  return z.fromJSONSchema(closed(parse(text ?? '').spec.versions[0].schema.openAPIV3Schema.properties.spec))
}

/** A structural schema as JSON Schema that refuses unknown fields, where the API server would drop them silently. */
function closed(schema: Record<string, unknown>): Record<string, unknown> {
  const dropped = new Set(['oneOf', 'anyOf', 'not', 'format'])
  const entries = Object.entries(schema).filter(([key]) => !dropped.has(key) && !key.startsWith('x-'))
  const result = Object.fromEntries(entries.map(([key, value]) => [key, isObject(value) ? closed(value) : value]))
  const isClosed = result.type === 'object' && result.properties !== undefined
  return { ...result, ...(isClosed && result.additionalProperties === undefined && { additionalProperties: false }) }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

describe('the last door', () => {
  it.each([
    { text: 'a.example', want: 'a\\.example', because: 'a dot is any character' },
    { text: '*(', want: '\\*\\(', because: 'unescaped it freezes the route table' },
    { text: 'a\\d[x]{2}|^$+?', want: 'a\\\\d\\[x\\]\\{2\\}\\|\\^\\$\\+\\?', because: 'all of them' },
  ])('$text is escaped: $because', ({ text, want }) => {
    expect(escapedRegex(text)).toBe(want)
    expect(new RegExp(`^${escapedRegex(text)}$`).test(text)).toBe(true)
  })

  it.each([
    { spec: {}, want: undefined },
    { spec: { port: 70000 }, want: 'spec.port 70000 is not a port number' },
    { spec: { implementation: 'a b' }, want: 'spec.implementation "a b" is not the name of a Service' },
  ])('$spec: $want', ({ spec, want }) => {
    expect(
      destinationProblem({
        api: anApi({ spec }),
        meta: childMeta(anApi({ spec })),
        hosts: ['*'],
        paths: ['/a'],
        policies: {},
      }),
    ).toBe(want)
  })
})
