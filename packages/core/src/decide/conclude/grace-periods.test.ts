import { describe, expect, it } from 'vitest'
import type { Finding } from '../../findings/finding.ts'
import { anApi } from '../../testing/builders.ts'
import { debounced, keptAddress } from './grace-periods.ts'

const notReady: Finding = { condition: 'ImplementationReady', status: 'False', reason: 'NoReadyEndpoint', message: 'm' }
const wasReady = anApi({ status: { implementation: { ready: true } } })

describe('readiness', () => {
  it('is published at once', () => {
    expect(debounced([], anApi(), { notReadySince: 1 }, 500, 1000)).toEqual({ findings: [], grace: {} })
  })

  it('is not kept for an API that was never ready', () => {
    expect(debounced([notReady], anApi(), {}, 0, 1000)).toEqual({ findings: [notReady], grace: {} })
  })

  it('that was published is kept until the limit, and it is known when to look again', () => {
    const first = debounced([notReady], wasReady, {}, 5000, 1000)
    expect(first).toEqual({ findings: [], grace: { notReadySince: 5000 }, dueMs: 1000 })
    expect(debounced([notReady], wasReady, first.grace, 5999, 1000)).toMatchObject({ findings: [], dueMs: 1 })
  })

  it('is withdrawn at the limit, and does not start to wait again until the status says false', () => {
    const end = debounced([notReady], wasReady, { notReadySince: 5000 }, 6000, 1000)
    expect(end).toEqual({ findings: [notReady], grace: { notReadySince: 5000 } })
    expect(debounced([notReady], wasReady, end.grace, 6001, 1000).findings).toEqual([notReady])
  })

  it('that came back in between starts a new wait the next time', () => {
    const back = debounced([], wasReady, { notReadySince: 5000 }, 5500, 1000)
    expect(debounced([notReady], wasReady, back.grace, 5900, 1000).dueMs).toBe(1000)
  })

  it('is withdrawn at once with a limit of 0', () => {
    expect(debounced([notReady], wasReady, {}, 0, 0).findings).toEqual([notReady])
  })
})

describe('the address', () => {
  const pending: Finding = {
    condition: 'AddressAssigned',
    status: 'Unknown',
    reason: 'AddressPending',
    message: 'No Service.',
  }
  type Route = Parameters<typeof keptAddress>[0]
  const stands = true
  const lost: Route = { stands, findings: [pending] }
  const spec = { path: '/a', developerUI: '/a/ui' }
  const apiStatus = { path: '/a', url: 'https://1.2.3.4/a', developerUI: 'https://1.2.3.4/a/ui', ip: '1.2.3.4' }
  const published = anApi({ spec, status: { apiStatus } })
  const kept = (route: Route, api = published, grace = {}, now = 0) => keptAddress(route, api, grace, now, 60_000)

  it('gives url, developerUI and ip', () => {
    const address = { scheme: 'https', host: 'h', ip: '1.2.3.4' } as const
    expect(kept({ stands, findings: [], address }, anApi({ spec }))).toEqual({
      urls: { url: 'https://h/a', developerUI: 'https://h/a/ui', ip: '1.2.3.4' },
      findings: [],
      grace: {},
    })
  })

  it('gives neither developerUI nor ip where there is none', () => {
    const address = { scheme: 'http', host: 'h' } as const
    expect(kept({ stands, findings: [], address }, anApi()).urls).toEqual({ url: 'http://h/catalog' })
  })

  it('that is gone stays published until the limit, and says so', () => {
    const first = kept(lost)
    expect(first).toMatchObject({ grace: { addressLostSince: 0 }, dueMs: 60_000 })
    expect(first.urls).toEqual({ url: apiStatus.url, developerUI: apiStatus.developerUI, ip: apiStatus.ip })
    expect(first.findings).toEqual([expect.objectContaining({ status: 'True', reason: 'AddressHeld' })])
    expect(first.findings[0]?.message).toContain('No Service.')
  })

  it('is withdrawn at the limit, and not kept again', () => {
    const end = kept(lost, published, { addressLostSince: 0 }, 60_000)
    expect(end.urls).toBeUndefined()
    expect(end.findings).toEqual([pending])
    expect(kept(lost, published, end.grace, 60_001).urls).toBeUndefined()
  })

  it.each([
    { route: lost, api: anApi({ spec }), because: 'none was published' },
    {
      route: lost,
      api: anApi({ spec: { path: '/b' }, status: { apiStatus } }),
      because: 'it was that of another path',
    },
    { route: { stands: false, findings: [] }, api: published, because: 'there is no route' },
  ])('is not kept: $because', ({ route, api }) => {
    const { urls, findings } = kept(route, api)
    expect(urls).toBeUndefined()
    expect(findings).toHaveLength(1)
  })

  it('takes a developerUI that was removed from the spec away at once', () => {
    expect(kept(lost, anApi({ spec: { path: '/a' }, status: { apiStatus } })).urls).not.toHaveProperty('developerUI')
  })
})

describe('an address that was found without seeing all of it', () => {
  const advice: Finding = { condition: 'AddressAssigned', status: 'True', reason: 'NotReadable', message: 'A guess.' }
  const unseen: Finding = { ...advice, status: 'Unknown' }
  const guessed = { scheme: 'https', host: '203.0.113.7', ip: '203.0.113.7' } as const
  const wasAt = (url: string, ip = '203.0.113.7') =>
    anApi({ spec: { path: '/a' }, status: { apiStatus: { path: '/a', url, ip } } })
  const urlOf = (api = anApi({ spec: { path: '/a' } }), address: object = guessed, findings = [advice]) =>
    keptAddress({ stands: true, address: { ...guessed, ...address }, findings }, api, {}, 0, 60_000).urls?.url

  it.each([
    { api: undefined, address: {}, want: 'https://203.0.113.7/a', because: 'nothing is published' },
    {
      api: wasAt('http://203.0.113.7:8080/a'),
      address: {},
      want: 'http://203.0.113.7:8080/a',
      because: 'it leads there',
    },
    {
      api: wasAt('https://api.example/a'),
      address: {},
      want: 'https://api.example/a',
      because: 'a Gateway named a host',
    },
    {
      api: wasAt('http://203.0.113.9/a', '203.0.113.9'),
      address: {},
      want: 'https://203.0.113.7/a',
      because: 'the load balancer has another address now',
    },
    {
      api: wasAt('http://old.example/a'),
      address: { host: 'new.example' },
      want: 'https://new.example/a',
      because: 'another host is asked for now',
    },
    {
      api: wasAt('http://new.example/a'),
      address: { host: 'new.example' },
      want: 'http://new.example/a',
      because: 'the host is the same',
    },
    { api: wasAt('no URL'), address: { host: 'new.example' }, want: 'https://new.example/a', because: 'it was none' },
  ])('$want: $because', ({ api, address, want }) => {
    expect(urlOf(api, address)).toBe(want)
  })

  it('is not preferred to what is published for another path', () => {
    const moved = anApi({ spec: { path: '/b' }, status: { apiStatus: { path: '/a', url: 'http://203.0.113.7/a' } } })
    expect(urlOf(moved)).toBe('https://203.0.113.7/b')
  })

  it('that is not found is kept for ever, and never said to be held for a while', () => {
    const api = wasAt('http://203.0.113.7/a')
    const kept = keptAddress({ stands: true, findings: [unseen] }, api, { addressLostSince: 0 }, 1e9, 60_000)
    expect(kept).toEqual({
      urls: { url: 'http://203.0.113.7/a', ip: '203.0.113.7' },
      findings: [unseen],
      grace: {},
    })
  })
})
