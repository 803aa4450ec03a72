import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../testing/fake-clock.ts'
import { connect } from './connection.ts'

let folder: string
let tokenFile: string
let kubeconfig: string
const environment = { ...process.env }

/** As in a pod: the form that client-node gives to a service account. */
const tokenUser = () => ({ 'auth-provider': { name: 'tokenFile', config: { tokenFile } } })

function config(server = 'https://api.test:6443', user: object = tokenUser()) {
  return JSON.stringify({
    clusters: [{ name: 'c', cluster: { server, 'certificate-authority-data': Buffer.from('ca').toString('base64') } }],
    users: [{ name: 'u', user }],
    contexts: [
      { name: 'one', context: { cluster: 'c', user: 'u', namespace: 'home' } },
      { name: 'two', context: { cluster: 'c', user: 'u' } },
    ],
    'current-context': 'one',
  })
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kube-'))
  tokenFile = join(folder, 'token')
  kubeconfig = join(folder, 'config')
  writeFileSync(tokenFile, 'first')
  writeFileSync(kubeconfig, config())
})

afterEach(() => {
  rmSync(folder, { recursive: true })
  process.env = { ...environment }
})

describe('connect', () => {
  it('reads server, namespace and credentials from a kubeconfig', async () => {
    const connection = await connect({ kubeconfig, userAgent: 'test/1' })
    expect(connection).toMatchObject({ namespace: 'home', userAgent: 'test/1' })
    expect(connection.server.href).toBe('https://api.test:6443/')
    const { headers, requests, watches } = await connection.credentials()
    expect(headers).toEqual({ Authorization: 'Bearer first' })
    expect(requests).toBeInstanceOf(https.Agent)
    expect(requests).not.toBe(watches)
    expect((requests as https.Agent).options.ca?.toString()).toBe('ca')
  })

  it('finds KUBECONFIG', async () => {
    process.env.KUBECONFIG = kubeconfig
    expect((await connect()).server.host).toBe('api.test:6443')
  })

  it('takes the context that is asked for', async () => {
    expect((await connect({ kubeconfig, context: 'two' })).namespace).toBeUndefined()
  })

  it.each([
    ['a missing file', () => ({ kubeconfig: '/no/such/file' }), /^there is no kubeconfig at \/no\/such\/file$/],
    [
      'an unknown context',
      () => ({ kubeconfig, context: 'three' }),
      /the kubeconfig has no context "three"; it has one, two/,
    ],
  ])('says so of %s', async (_, options, message) => {
    await expect(connect(options())).rejects.toThrow(message)
  })

  it.each([
    ['is not YAML', '{', /^cannot read kubeconfig .*config: .+/],
    ['is something else', ': : :', /^the kubeconfig has no current-context/],
    ['names an unknown context', '{"current-context":"gone"}', /^context "gone", or the cluster that it names, is not/],
  ])('says so of a file that %s', async (_, content, message) => {
    writeFileSync(kubeconfig, content)
    await expect(connect({ kubeconfig })).rejects.toThrow(message)
  })
})

describe('credentials', () => {
  it('keep their agents, and are read once in ten seconds', async () => {
    const clock = new FakeClock()
    const connection = await connect({ kubeconfig, clock })
    const first = await connection.credentials()
    expect(await connection.credentials()).toBe(first)
    clock.advance(10_001)
    const second = await connection.credentials()
    expect(second).not.toBe(first)
    expect(second.requests).toBe(first.requests)
    expect(second.watches).toBe(first.watches)
  })

  it('are read again at once when they were rejected, once for a whole burst', async () => {
    const connection = await connect({ kubeconfig })
    const first = await connection.credentials()
    writeFileSync(tokenFile, 'second')
    const answers = await Promise.all([connection.credentials(first), connection.credentials(first)])
    expect(answers[0].headers).toEqual({ Authorization: 'Bearer second' })
    expect(answers[1]).toBe(answers[0])
  })

  it('get new agents when the certificate authority changes', async () => {
    const connection = await connect({ kubeconfig })
    const first = await connection.credentials()
    writeFileSync(
      kubeconfig,
      config().replace(Buffer.from('ca').toString('base64'), Buffer.from('new').toString('base64')),
    )
    const second = await connection.credentials(first)
    expect(second.requests).not.toBe(first.requests)
    expect((second.requests as https.Agent).options.ca?.toString()).toBe('new')
  })

  it('may be a name and a password', async () => {
    writeFileSync(kubeconfig, config('https://api.test', { username: 'me', password: 'pw' }))
    const { headers } = await (await connect({ kubeconfig })).credentials()
    expect(headers.Authorization).toBe(`Basic ${Buffer.from('me:pw').toString('base64')}`)
  })
})

describe('@kubernetes/client-node', () => {
  const source = join(import.meta.dirname, '..')

  it('is imported in kube-config.ts only', () => {
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
    const importing = files.filter((file) =>
      /(from|import\()\s*'@kubernetes/.test(readFileSync(join(source, file), 'utf8')),
    )
    expect(importing).toEqual(['client/kube-config.ts'])
  })

  it('is not loaded by importing this package', () => {
    const script = `
      import { registerHooks } from 'node:module'
      registerHooks({ resolve(name, context, next) { if (name.startsWith('@kubernetes')) throw new Error('loaded'); return next(name, context) } })
      const { connect } = await import(${JSON.stringify(join(source, 'index.ts'))})
      await connect().catch((error) => console.log(error.message))`
    const flags = ['--conditions=@exposedapi/source', '--input-type=module', '--no-warnings']
    const output = execFileSync(process.execPath, [...flags, '-e', script], { encoding: 'utf8' })
    expect(output.trim()).toBe('loaded')
  })
})
