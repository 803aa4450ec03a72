/**
 * Golden pairs: `testdata/<case>.in.yaml` is a cluster, `<case>.out.yaml` is what an administrator then sees.
 *
 * The first document of a case holds the options of the adapter, the settings of core, what the cluster does not serve, and what the
 * controller says about each route.
 * `UPDATE_GOLDEN=1 vitest run` writes the outputs anew; read the diff.
 */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { EXPOSED_API, nameOf } from '@exposedapi/core'
import type { Decision } from '@exposedapi/core/testing'
import { expect, it } from 'vitest'
import { parseAllDocuments, stringify } from 'yaml'
import { bench, type CaseHead } from '../test/bench.ts'
import type { Manifest } from '../test/manifests.ts'

const DIR = new URL('../testdata/', import.meta.url)
const cases = readdirSync(DIR)
  .filter((file) => file.endsWith('.in.yaml'))
  .map((file) => file.replace('.in.yaml', ''))

it.each(cases)('%s', (name) => {
  const documents = parseAllDocuments(readFileSync(new URL(`${name}.in.yaml`, DIR), 'utf8'))
  for (const { errors } of documents) expect(errors).toEqual([])
  const [head = {}, ...manifests] = documents.map((document) => document.toJS()) as [CaseHead, ...Manifest[]]
  const { view, settle } = bench(head, manifests)
  const seen = view
    .all(EXPOSED_API)
    .toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
    .map((api) => ({ [nameOf(api)]: shown(settle(api)) }))
  const text = stringify(Object.assign({}, ...seen), { lineWidth: 0, aliasDuplicateObjects: false })

  const out = new URL(`${name}.out.yaml`, DIR)
  if (process.env.UPDATE_GOLDEN) writeFileSync(out, text)
  expect(existsSync(out), `${name}.out.yaml is missing: run with UPDATE_GOLDEN=1`).toBe(true)
  expect(text).toBe(readFileSync(out, 'utf8'))
})

/** What most APIs have; there are no Services behind them. */
const PLAIN = new Set(['Accepted', 'Programmed', 'Assigned', 'EndpointsReady', 'ServiceNotFound'])

/** Published address, conditions that say something, verdicts, and the objects without what core puts into their metadata. */
function shown({ objects, status }: Decision) {
  const { url, developerUI, ip } = status?.apiStatus ?? {}
  const conditions = (status?.conditions ?? [])
    .filter(({ type, reason }) => type !== 'Ready' && !PLAIN.has(reason))
    .map(({ type, status, reason, message }) => [type, `${status} ${reason}${message && `: ${message}`}`])
  return {
    ...(url && { url }),
    ...(developerUI && { developerUI }),
    ...(ip && { ip }),
    ...(conditions.length > 0 && { conditions: Object.fromEntries(conditions) }),
    ...(status?.policies && { policies: status.policies }),
    objects: objects.map(({ apiVersion, kind, metadata, ...rest }) => ({
      is: `${kind} ${nameOf({ apiVersion, kind, metadata })} ${apiVersion}`,
      ...rest,
    })),
  }
}
