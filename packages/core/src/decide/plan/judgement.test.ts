import { describe, expect, it } from 'vitest'
import { MemoryView } from '../../cluster/memory-view.ts'
import type { PolicyVerdict } from '../../policies/verdict.ts'
import { anApi } from '../../testing/builders.ts'
import { NullGateway } from '../../testing/null-gateway.ts'
import { policyFindings } from '../conclude/policy-findings.ts'
import { DEFAULT_SETTINGS, type Settings } from '../rules/settings.ts'
import { judge } from './judgement.ts'

const verdict = (policy: PolicyVerdict['policy'], state: PolicyVerdict['state']): PolicyVerdict => {
  return { policy, state, reason: state, message: `${state} here.` }
}
const allowing: Settings = { ...DEFAULT_SETTINGS, allowInsecureCors: true }
const warning: Settings = {
  ...DEFAULT_SETTINGS,
  unsupportedPolicy: { ...DEFAULT_SETTINGS.unsupportedPolicy, apiKeyVerification: 'Warn' },
}

function judged(spec: Record<string, unknown>, answers: readonly PolicyVerdict[], settings = DEFAULT_SETTINGS) {
  const gateway = Object.assign(new NullGateway(), { verdicts: () => answers })
  const judgement = judge(anApi({ spec }), gateway, new MemoryView(), settings)
  return { ...judgement, states: judgement.verdicts.map(({ policy, state }) => `${policy} ${state}`) }
}

const KEY = { apiKeyVerification: { enabled: true } }
const RATE = { rateLimit: { enabled: true, limit: '6' } }
const CORS = { CORS: { enabled: true, allowOrigins: 'https://a.example' } }

describe('every requested policy gets a verdict', () => {
  it('that of the gateway, in one order', () => {
    const answers = [verdict('rateLimit', 'Approximate'), verdict('cors', 'Enforced')]
    const { states, enforced, denied } = judged({ ...RATE, ...CORS }, answers)
    expect(states).toEqual(['cors Enforced', 'rateLimit Approximate'])
    expect(Object.keys(enforced).toSorted()).toEqual(['cors', 'rateLimit'])
    expect(denied).toBeUndefined()
  })

  it('Unsupported if the gateway says nothing: who says nothing does nothing', () => {
    expect(judged(RATE, [])).toMatchObject({ states: ['rateLimit Unsupported'] })
    expect(judged(RATE, []).enforced).toEqual({})
  })

  it('and no other does', () => {
    expect(judged(RATE, [verdict('rateLimit', 'Enforced'), verdict('cors', 'Enforced')]).states).toHaveLength(1)
    expect(judged({}, [verdict('cors', 'Enforced')]).states).toEqual([])
  })

  it('Invalid if it makes no sense, without asking the gateway', () => {
    const { states, enforced } = judged({ rateLimit: { enabled: true } }, [verdict('rateLimit', 'Enforced')])
    expect(states).toEqual(['rateLimit Invalid'])
    expect(enforced).toEqual({})
  })
})

describe('a route whose policy cannot be enforced', () => {
  it.each([
    { spec: KEY, settings: DEFAULT_SETTINGS, denied: true, because: 'an API key protects' },
    { spec: KEY, settings: warning, denied: false, because: 'the administrator said Warn' },
    { spec: RATE, settings: DEFAULT_SETTINGS, denied: false, because: 'a rate limit does not protect the data' },
    {
      spec: { apiKeyVerification: { enabled: true, location: '?' } },
      settings: DEFAULT_SETTINGS,
      denied: true,
      because: 'nonsense does not protect either',
    },
    {
      spec: { apiKeyVerification: { enabled: false } },
      settings: DEFAULT_SETTINGS,
      denied: false,
      because: 'it is not asked for',
    },
  ])('is denied: $denied, because $because', ({ spec, settings, denied }) => {
    expect(judged(spec, [], settings).denied !== undefined).toBe(denied)
  })

  it('is denied if the gateway calls the value invalid', () => {
    expect(judged(KEY, [verdict('apiKeyVerification', 'Invalid')]).denied).toBe(
      'policy apiKeyVerification cannot be enforced',
    )
  })

  it('stays open if the policy is enforced only approximately', () => {
    expect(judged(KEY, [verdict('apiKeyVerification', 'Approximate')]).denied).toBeUndefined()
  })
})

describe('CORS with credentials', () => {
  const enforced = [verdict('cors', 'Enforced')]
  it.each([
    { origins: '*', settings: DEFAULT_SETTINGS, want: 'cors Invalid', because: 'every site could act for the user' },
    { origins: undefined, settings: DEFAULT_SETTINGS, want: 'cors Invalid', because: '* is the default' },
    { origins: 'https://a.example, *', settings: DEFAULT_SETTINGS, want: 'cors Invalid', because: '* is among them' },
    { origins: '*', settings: allowing, want: 'cors Enforced', because: 'the administrator allowed it' },
    { origins: 'https://a.example', settings: DEFAULT_SETTINGS, want: 'cors Enforced', because: 'the origin is named' },
  ])('for $origins: $want, because $because', ({ origins, settings, want }) => {
    const { states, verdicts } = judged(
      { CORS: { enabled: true, allowCredentials: true, allowOrigins: origins } },
      enforced,
      settings,
    )
    expect(states).toEqual([want])
    if (want.endsWith('Invalid')) expect(verdicts[0]?.reason).toBe('InsecureCORS')
  })
})

describe('findings', () => {
  it('are none if everything is enforced', () => {
    expect(policyFindings(judged(CORS, [verdict('cors', 'Enforced')]).verdicts)).toEqual([])
  })

  it('are advice if something is approximate', () => {
    expect(policyFindings(judged(RATE, [verdict('rateLimit', 'Approximate')]).verdicts)).toMatchObject([
      { condition: 'PoliciesEnforced', status: 'True', reason: 'Approximate', message: 'rateLimit: Approximate here.' },
    ])
  })

  it.each([
    ['Unsupported', 'False'],
    ['Refused', 'False'],
    ['Pending', 'Unknown'],
  ] as const)('are bad news if something is %s', (state, status) => {
    expect(policyFindings([verdict('apiKeyVerification', state)])).toMatchObject([{ status, reason: state }])
  })
})
