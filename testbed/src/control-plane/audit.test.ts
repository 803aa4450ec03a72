import { expect, test } from 'vitest'
import { auditEvents, isWrite, parseAuditLog } from './audit.ts'

const logged = { verb: 'list', requestURI: '/api/v1/pods', stageTimestamp: '2026-01-01T00:00:00.000000Z' }

test('a half written last line is left out', () => {
  const line = JSON.stringify(logged)
  expect(parseAuditLog(`${line}\n${line}\n${line.slice(0, 20)}`)).toHaveLength(2)
})

test('what a request had no use for is empty', () => {
  expect(parseAuditLog(`${JSON.stringify(logged)}\n`)).toEqual([
    { ...logged, resource: '', subresource: '', namespace: '', name: '', user: '', code: 0, userAgent: '' },
  ])
})

test.each(['create', 'update', 'patch', 'delete', 'deletecollection'])('%s is a write', (verb) => {
  expect(parseAuditLog(`${JSON.stringify({ ...logged, verb })}\n`).every(isWrite)).toBe(true)
})

test('reading is no write', () => {
  expect(parseAuditLog(`${JSON.stringify(logged)}\n`).some(isWrite)).toBe(false)
})

test('without an audit log there is an error, not an empty list', async () => {
  await expect(auditEvents({ auditLog: undefined, kubeconfig: '' })).rejects.toThrow('audit: true')
})
