/**
 * Whatever is written for a path: it is refused with what to write instead, or whoever asks for the published URL gets an answer.
 *
 * The seed is fixed and printed; MESH_SEED sets another.
 */
import { exposedApi, type Manifest } from '@exposedapi/testbed/canvas'
import type { GatewayAnswer } from '@exposedapi/testbed/mesh'
import { expect, it } from 'vitest'
import { condition, urlOf } from '../support/exposed-api.ts'
import { inParallel } from './support/in-parallel.ts'
import { isServed, meshStage } from './support/mesh-stage.ts'
import { pathTexts } from './support/path-texts.ts'

const stage = meshStage('forms')
const SEED = Number(process.env.MESH_SEED ?? 20_261_128)
const PATHS = 400

it(`${PATHS} generated paths: none is published that cannot be reached, none is refused without a cure`, {
  timeout: 300_000,
}, async () => {
  const place = await stage.place()
  const paths = pathTexts(PATHS, SEED, place.at(''))
  await stage.serve(place.namespace, 'pod')
  await inParallel([...paths.entries()], ([index, path]) =>
    stage.api.create(exposedApi(place.namespace, `api-${index}`, { path, implementation: 'pod-svc' })),
  )
  const undecided = async () => (await stage.api.list('ExposedAPI', place.namespace)).filter((api) => !isDecided(api))
  await expect.poll(undecided, { interval: 500, timeout: 120_000 }).toEqual([])
  await stage.mesh.settled()

  const apis = await stage.api.list('ExposedAPI', place.namespace)
  expect(apis).toHaveLength(PATHS)
  const served = apis.filter(isServed)
  const refused = apis.filter((api) => !isServed(api))
  console.log(`seed ${SEED}: ${served.length} paths served, ${refused.length} refused`)
  expect(refused.filter((api) => !isCured(api)).map(said)).toEqual([])

  const lost: string[] = []
  await inParallel(served, async (api) => {
    const url = urlOf(api) ?? 'missing:'
    for (const asked of [url, `${url.replace(/\/+$/, '')}/below`, `${url}?x=1`]) {
      // As it stands, too: not every client takes a URL apart as browsers do.
      const plain = asked.replace(/^\w+:\/\/[^/]+/, '')
      const statuses = [await unreached(() => stage.visit(asked)), await unreached(() => stage.mesh.request(plain))]
      if (statuses.some((status) => status !== undefined)) lost.push(`${api.spec.path} as ${asked}: ${statuses}`)
    }
  })
  expect(lost).toEqual([])
  expect(served.length).toBeGreaterThan(PATHS / 3)
  expect(refused.length).toBeGreaterThan(PATHS / 4)
})

/** The status, if no Pod answered. Once more for a 503: a Pod that closes an idle connection is no matter of the path. */
async function unreached(ask: () => Promise<GatewayAnswer>): Promise<number | undefined> {
  const first = await ask()
  const { pod, status } = first.status === 503 ? await ask() : first
  return pod === undefined ? status : undefined
}

function isDecided(api: Manifest): boolean {
  return isServed(api) || condition(api, 'Accepted')?.status === 'False'
}

function isCured(api: Manifest): boolean {
  const accepted = condition(api, 'Accepted')
  return accepted?.reason === 'InvalidPath' && / write /.test(accepted.message)
}

function said(api: Manifest): string {
  return `${api.spec.path}: ${condition(api, 'Accepted')?.message}`
}
