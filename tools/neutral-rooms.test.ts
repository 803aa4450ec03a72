/** The rooms below the adapters speak of gateways, not of products: a second adapter would find nothing to change there. */
import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const ROOT = new URL('..', import.meta.url).pathname
const PRODUCTS = /istio|envoy|kong/i

it.each(['objects', 'core', 'kube', 'controller'])('packages/%s names no gateway product', (name) => {
  const sources = globSync(`packages/${name}/src/**/*.ts`, { cwd: ROOT }).filter((file) => !file.endsWith('.test.ts'))
  expect(sources.length).toBeGreaterThan(5)
  const naming = sources.filter((file) => PRODUCTS.test(readFileSync(`${ROOT}${file}`, 'utf8')))
  expect(naming).toEqual([])
})
