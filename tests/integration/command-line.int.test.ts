/** The command line of the bundle, without a cluster. */
import { spawn } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { documentedVariables } from '@exposedapi/operator'
import { NODE_FLAGS } from '@exposedapi/operator/bundle'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { api } from '../support/exposed-api.ts'
import { operatorBundle } from '../support/operator.ts'

const EXAMPLE = new URL('../../examples/product-catalog/', import.meta.url).pathname
const GATEWAY = { APIOPERATORISTIO_COMPONENTGATEWAY: 'canvas/component-gateway' }
let bundle = ''
let files: readonly string[] = []

beforeAll(async () => {
  bundle = await operatorBundle()
  files = (await readdir(EXAMPLE)).filter((name) => name.endsWith('.yaml')).map((name) => `${EXAMPLE}${name}`)
})

interface Run {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

async function exposedapi(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  input = '',
): Promise<Run> {
  const child = spawn(process.execPath, [bundle, ...args], { env: { PATH: process.env.PATH, ...environment } })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  child.stdin.end(input)
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { code, out, err }
}

interface Printed {
  readonly kind: string
  readonly metadata: { readonly name: string }
  // biome-ignore lint/suspicious/noExplicitAny: a look at whatever was printed.
  readonly [key: string]: any
}

function printed({ out }: Run): readonly Printed[] {
  return parseAllDocuments(out).map((document) => document.toJS())
}

describe('render', () => {
  it('prints the routes, the monitor and the statuses of the example, and ends with 0', async () => {
    const run = await exposedapi(['render', '-f', ...files], GATEWAY)
    expect(run).toMatchObject({ code: 0 })
    const documents = printed(run)
    const names = (kind: string) =>
      documents.filter((document) => document.kind === kind).map(({ metadata }) => metadata.name)
    const apis = [
      'shop-productcatalog-metrics',
      'shop-productcatalog-partyrole-v4',
      'shop-productcatalog-productcatalogmanagement-v4',
    ]
    expect(names('VirtualService')).toEqual(apis)
    expect(names('ServiceMonitor')).toEqual(['shop-productcatalog-metrics'])
    expect(names('ExposedAPI')).toEqual(apis)
    for (const { kind, status } of documents) {
      if (kind === 'ExposedAPI')
        expect(status.apiStatus.url).toMatch(/^https:\/\/203\.0\.113\.7\/shop-productcatalog\//)
    }
    expect(run.out, 'no file has a uid, so none is printed').not.toMatch(/uid:/)
  })

  it('prints the same each time', async () => {
    const [first, second] = await Promise.all([0, 1].map(() => exposedapi(['render', '-f', ...files], GATEWAY)))
    expect(first?.out).toBe(second?.out)
  })

  it('prints the annotations of Pods in annotation mode', async () => {
    const run = await exposedapi(['render', '-f', ...files], {
      ...GATEWAY,
      OPENMETRICS_IMPLEMENTATION: 'PrometheusAnnotation',
    })
    const pods = printed(run).filter(({ kind }) => kind === 'Pod')
    expect(pods).toMatchObject([
      { metadata: { name: 'shop-catalog-0', annotations: { 'prometheus.io/port': '4000' } } },
    ])
  })

  it('reads standard input', async () => {
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')))
    const run = await exposedapi(['render', '-f', '-'], GATEWAY, texts.join('\n---\n'))
    expect(run.code).toBe(0)
    expect(run.out).toBe((await exposedapi(['render', '-f', ...files], GATEWAY)).out)
  })

  it('ends with 1 for an API that is refused, with the finding on standard error', async () => {
    const run = await exposedapi(
      ['render', '-f', '-'],
      GATEWAY,
      JSON.stringify(api('shop', 'bad', { path: 'no-slash' })),
    )
    expect(run.code).toBe(1)
    expect(run.err).toContain('refused: ExposedAPI shop/bad: InvalidPath: spec.path must start with "/"')
    expect(printed(run)).toMatchObject([{ kind: 'ExposedAPI', status: { implementation: { ready: false } } }])
  })

  it.each([
    { what: 'no file', args: ['render'], says: 'render needs manifests' },
    { what: 'a file that is not there', args: ['render', '-f', '/no/such.yaml'], says: '/no/such.yaml cannot be read' },
    { what: 'YAML that is none', args: ['render', '-f', '-'], input: 'a: [', says: '-: document 1:' },
    {
      what: 'YAML that is no object',
      args: ['render', '-f', '-'],
      input: 'just text',
      says: 'is not a Kubernetes object',
    },
  ])('says in one line what is wrong with $what', async ({ args, input, says }) => {
    const run = await exposedapi(args, GATEWAY, input)
    expect(run).toMatchObject({ code: 1, out: '' })
    expect(oneLine(run.err)).toContain(says)
  })
})

/** A wrong value of each variable, and what the answer must offer instead. */
const WRONG: Readonly<
  Record<string, { readonly value: string; readonly with?: Record<string, string>; readonly offers: string }>
> = {
  LOGGING: { value: '25', offers: '10, 20, 30, 40, 50' },
  COMPONENT_NAMESPACE: { value: '  ', offers: 'blank' },
  GATEWAY: { value: '@exposedapi/no-such-adapter', offers: 'istio' },
  GATEWAY_OPTIONS: { value: '{', offers: '{"key": "value"}' },
  METRICS_OPTIONS: { value: '[]', offers: '{"key": "value"}' },
  RETIRED: { value: 'ServiceMonitors', offers: 'ServiceMonitor' },
  OPENMETRICS_IMPLEMENTATION: {
    value: 'servicemonitor',
    offers: 'ServiceMonitor',
  },
  APIOPERATORISTIO_COMPONENTGATEWAY: { value: 'a/b/c', offers: 'namespace/name' },
  APIOPERATORISTIO_GATEWAYPODS: { value: 'yes', offers: 'true or false' },
  APIOPERATORISTIO_NODEPORTS: { value: '1', offers: 'true or false' },
  APIOPERATORISTIO_PUBLICHOSTNAME: { value: 'https://x/y', offers: 'host:port' },
  APIOPERATORISTIO_PUBLICSCHEME: { value: 'ftp', offers: 'http, https' },
  APIOPERATORISTIO_PUBLICPORT: { value: '70000', offers: '1 to 65535' },
  APIOPERATORISTIO_GATEWAYSERVICE: { value: 'bare', offers: 'namespace/name' },
  APIOPERATORISTIO_PATHS: { value: 'lax', offers: 'strict, legacy' },
  APIOPERATORISTIO_COMPATURL: { value: 'on', offers: 'true or false' },
  APIOPERATORISTIO_CLUSTERDOMAIN: { value: 'a b', offers: 'DNS name' },
  GATEWAYAPI_GATEWAY: { value: 'a/b/c', with: { GATEWAY: 'gateway-api' }, offers: 'namespace/name' },
  GATEWAYAPI_SECTIONNAME: { value: 'a/b', with: { GATEWAY: 'gateway-api' }, offers: 'the name of a listener' },
  GATEWAYAPI_PUBLICHOSTNAME: { value: 'https://x/y', with: { GATEWAY: 'gateway-api' }, offers: 'host:port' },
  GATEWAYAPI_PUBLICSCHEME: { value: 'ftp', with: { GATEWAY: 'gateway-api' }, offers: 'http, https' },
  GATEWAYAPI_PUBLICPORT: { value: '70000', with: { GATEWAY: 'gateway-api' }, offers: '1 to 65535' },
  SERVICEMONITOR_LABELS: { value: 'release', offers: 'key=value' },
  SERVICEMONITOR_INTERVAL: { value: '15', offers: '15s' },
  SERVICEMONITOR_SCHEME: { value: 'ftp', offers: 'http, https' },
  SERVICEMONITOR_APIGROUP: { value: 'azure', offers: 'azmonitoring.coreos.com' },
  PROMETHEUSANNOTATION_SCHEME: { value: 'ftp', offers: 'http, https' },
  DATADOGANNOTATION_NAMESPACE: { value: '-', offers: 'prefix' },
  UNSUPPORTED_POLICY: { value: 'never', offers: 'default, deny, warn, compat' },
  READINESS_DEBOUNCE_MS: { value: '-1', offers: 'milliseconds' },
  ADDRESS_HOLD_MS: { value: '60s', offers: 'milliseconds' },
  LEASE_NAMESPACE: { value: 'No_Such', offers: 'the name of a namespace' },
  HTTP_PORT: { value: '0', offers: '1 to 65535' },
}

/** Their texts may hold secrets, so that they are not shown. */
const HIDDEN = ['GATEWAY_OPTIONS', 'METRICS_OPTIONS']

describe('environment', () => {
  it('has a wrong value here for each variable', () => {
    expect(Object.keys(WRONG).sort()).toEqual(
      documentedVariables()
        .map(({ name }) => name)
        .sort(),
    )
  })

  it.each(Object.entries(WRONG))(
    '%s: a wrong value ends the start with one line that names variable, value and cure',
    async (name, row) => {
      const run = await exposedapi(['rbac'], { ...GATEWAY, ...row.with, [name]: row.value })
      expect(run).toMatchObject({ code: 1, out: '' })
      const line = oneLine(run.err)
      expect(line).toContain(HIDDEN.includes(name) ? name : `${name}=${JSON.stringify(row.value)}`)
      expect(line).toContain(row.offers)
    },
  )

  it('several wrong values are all named', async () => {
    const run = await exposedapi(['rbac'], { LOGGING: 'x', HTTP_PORT: 'y' })
    expect(oneLine(run.err)).toMatch(/LOGGING=.*HTTP_PORT=/)
  })

  it('an empty value counts as unset', async () => {
    const empty = Object.fromEntries(documentedVariables().map(({ name }) => [name, '']))
    expect(await exposedapi(['rbac'], empty)).toEqual(await exposedapi(['rbac']))
  })
})

describe('usage', () => {
  it.each([
    { args: ['fly'], says: 'unknown command fly' },
    { args: ['run', 'now'], says: 'run takes no arguments' },
    { args: ['--wings'], says: '--wings' },
  ])('$args is misuse: code 2 and a hint', async ({ args, says }) => {
    const run = await exposedapi(args)
    expect(run).toMatchObject({ code: 2, out: '' })
    expect(oneLine(run.err)).toContain(says)
    expect(run.err).toContain('--help')
  })

  it('--help lists every variable and command', async () => {
    const { code, out } = await exposedapi(['--help'])
    expect(code).toBe(0)
    for (const { name } of documentedVariables()) expect(out).toMatch(new RegExp(`^  ${name} +\\S`, 'm'))
    for (const command of ['run', 'render', 'rbac']) expect(out).toContain(`\n  exposedapi ${command}`)
  })

  it('rbac asks for no wildcard and no secrets', async () => {
    const [role] = printed(await exposedapi(['rbac']))
    const rules: { resources: string[]; verbs: string[] }[] = role?.rules
    expect(rules.flatMap(({ resources, verbs }) => [...resources, ...verbs])).not.toContain('*')
    expect(rules.flatMap(({ resources }) => resources)).not.toContain('secrets')
  })

  it('the file is a program that gives Node its flags', async () => {
    const [first = ''] = (await readFile(bundle, 'utf8')).split('\n', 1)
    expect(first).toContain(NODE_FLAGS.join(' '))
    expect(first.length, 'more than Linux reads of it').toBeLessThan(256)
    const child = spawn(bundle, ['--version'], { env: { PATH: process.env.PATH } })
    expect(await text(child.stdout)).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it('--version answers fast', async () => {
    const times: number[] = []
    for (let round = 0; round < 5; round++) {
      const begun = performance.now()
      expect((await exposedapi(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/)
      times.push(performance.now() - begun)
    }
    console.log(`exposedapi --version: ${times.map((ms) => `${Math.round(ms)} ms`).join(', ')}`)
    expect(Math.min(...times)).toBeLessThan(2000)
  })
})

/** Everything that was written, which must be one line. */
function oneLine(text: string): string {
  expect(text.trimEnd().split('\n')).toHaveLength(1)
  return text
}
