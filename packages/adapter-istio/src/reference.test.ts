/** What the reference operator published, recorded on a real API server; we must publish the same. */
import { existsSync, readFileSync } from 'node:fs'
import { EXPOSED_API, type KubeObject, nameOf } from '@exposedapi/core'
import type { ApiStatus } from '@exposedapi/core/testing'
import { expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { bench, type Manifest } from '../test/bench.ts'
import { aGateway, anIngress, HTTPS, REDIRECT } from '../test/ingress.ts'
import type { VirtualServiceSpec } from './virtual-service.ts'

/** Recordings are large, so they are not in every checkout. */
// Recordings of the reference operator, beside the repository where the project is developed.
const GOLDEN = new URL('../../../../shared/data/golden', import.meta.url).pathname

interface Recorded extends KubeObject {
  readonly spec: VirtualServiceSpec
  readonly status: { readonly apiStatus: Partial<ApiStatus> }
}

interface Setup {
  readonly env: Readonly<Record<string, string>>
  readonly lb: readonly Record<string, string>[]
}

const read = (name: string, file: string) => readFileSync(`${GOLDEN}/${name}/${file}`, 'utf8')
const readAll = (name: string, file: string) =>
  parseAllDocuments(read(name, file)).flatMap((document) => (document.toJS() ?? []) as Recorded)

const CASES = [
  { name: 'servicemonitor-iplb', because: 'IP address of the load balancer' },
  { name: 'servicemonitor-hostlb', because: 'host name of the load balancer, also as ip' },
  { name: 'servicemonitor-publichost', because: 'the public host name, also as ip' },
  { name: 'servicemonitor-publicip', because: 'an IP address as public host name' },
  { name: 'servicemonitor-extras', because: 'spec.hostname in the URL, the load balancer as ip' },
  { name: 'unknownmode-nolbaddr', because: 'no URL without an address' },
]

it.for(CASES.flatMap((one) => [false, true].map((compatUrl) => ({ ...one, compatUrl }))))(
  '$name, compatUrl $compatUrl: $because',
  ({ name, compatUrl }, { skip }) => {
    if (!existsSync(`${GOLDEN}/${name}`)) skip(`no recording of the reference operator in ${GOLDEN}`)
    const setup = JSON.parse(read(name, 'setup.json')) as Setup
    const recorded = readAll(name, 'exposedapis.yaml')
    const routes = readAll(name, 'virtualservices.yaml')
    const publicHostname = setup.env.APIOPERATORISTIO_PUBLICHOSTNAME
    const options = { compatUrl, gateway: 'canvas/component-gateway', ...(publicHostname && { publicHostname }) }
    const cluster = [aGateway([REDIRECT, HTTPS]), anIngress({ ingress: setup.lb })]
    const fresh = recorded.map(({ status: _, ...api }) => api as Manifest)
    const { view, settle } = bench({ options }, [...fresh, ...cluster])

    expect(recorded.length).toBeGreaterThan(0)
    for (const { status, ...reference } of recorded) {
      const api = view.get(EXPOSED_API, reference.metadata.namespace ?? '', reference.metadata.name)
      if (!api) throw new Error(nameOf(reference))
      const { url, ip, developerUI } = status.apiStatus
      const { status: ours, objects } = settle(api)
      expect(published(ours?.apiStatus), nameOf(api)).toEqual({ url, ip, developerUI })
      const route = routes.find((one) => nameOf(one) === nameOf(reference))
      expect(objects[0]?.metadata).toMatchObject({ name: route?.metadata.name, labels: route?.metadata.labels })
      const { hosts, gateways } = (objects[0] as unknown as Recorded).spec
      expect({ host: hosts[0], gateways }).toEqual({ host: route?.spec.hosts[0], gateways: route?.spec.gateways })
    }
  },
)

function published({ url, ip, developerUI }: Partial<ApiStatus> = {}) {
  return { url, ip, developerUI }
}
