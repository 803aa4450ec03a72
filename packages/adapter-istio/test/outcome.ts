/** Decides one API on a Gateway and compares what is published: for tables of tests. */
import { EXPOSED_API } from '@exposedapi/core'
import { rawApi } from '@exposedapi/core/testing'
import { expect } from 'vitest'
import { bench, type CaseHead, type Manifest } from './bench.ts'
import { aGateway, anIngress, HTTPS, REDIRECT, type ServerWords } from './ingress.ts'

/** A state of the cluster, and what one API `/shop` gets from it. */
export interface Row {
  readonly when: string
  readonly because: string
  readonly servers?: readonly ServerWords[]
  /** Merged over the spec of the Gateway. */
  readonly gateway?: Readonly<Record<string, unknown>>
  readonly services?: readonly Manifest[]
  readonly options?: CaseHead['options']
  readonly spec?: Readonly<Record<string, unknown>>
  /** `status.apiStatus.ip` as published before. */
  readonly published?: string
  readonly url?: string
  readonly ip?: string
  /** `reason`, and a part of the message. */
  readonly says?: readonly [string, string]
}

/** Decides one API `/shop` and returns what is published and said. */
function outcome({ servers = [REDIRECT, HTTPS], gateway, services = [anIngress()], options, spec, published }: Row) {
  const status = published === undefined ? undefined : { apiStatus: { ip: published } }
  const api = rawApi({ name: 'shop', spec: { ...spec }, ...(status && { status }) }) as Manifest
  const head = { options: { gateway: 'canvas/component-gateway', ...options } }
  const { view, settle } = bench(head, [api, aGateway(servers, gateway), ...services])
  const [stored] = view.all(EXPOSED_API)
  if (!stored) throw new Error('no API')
  const { status: decided, objects } = settle(stored)
  const said = (decided?.conditions ?? []).filter(
    ({ type }) => type === 'AddressAssigned' || type === 'RouteProgrammed',
  )
  const notable = said.find(({ status }) => status !== 'True') ?? said.find(({ reason }) => reason !== 'Programmed')
  return { ...decided?.apiStatus, objects, reason: notable?.reason, message: notable?.message }
}

/** Compares what a row wants with what is published and said. */
export function check(row: Row): void {
  const { url, ip, reason, message, objects } = outcome(row)
  expect({ url, ip }).toEqual({ url: row.url, ip: row.ip })
  const [wantedReason = 'Assigned', wantedMessage = ''] = row.says ?? []
  expect(reason).toBe(wantedReason)
  expect(message).toContain(wantedMessage)
  expect(objects, 'the route is written in any case').toHaveLength(1)
}

/** What is published in the ordinary case. */
export const AT_IP = { url: 'https://203.0.113.7/shop', ip: '203.0.113.7' }

/** A server that answers under one host only. */
export const NARROW: ServerWords = { ...HTTPS, hosts: ['api.example.com'] }
