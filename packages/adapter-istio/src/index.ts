/** Istio as the gateway of ExposedAPIs. */
import { type AdapterDescriptor, CONTRACT, type OptionsSchema } from '@exposedapi/core'
import * as z from 'zod'
import { IstioGateway } from './gateway.ts'
import { IstioOptions } from './options.ts'

export { IstioOptions }

/** Istio as the gateway of the Canvas. */
export const istio: AdapterDescriptor<IstioOptions, 'gateway'> = {
  contract: CONTRACT,
  type: 'gateway',
  name: 'istio',
  options: IstioOptions,
  jsonSchema: z.toJSONSchema(IstioOptions, { io: 'input' }) as OptionsSchema,
  // The first two are those of the reference operator, whose style the others follow.
  variables: {
    gateway: 'APIOPERATORISTIO_COMPONENTGATEWAY',
    publicHostname: 'APIOPERATORISTIO_PUBLICHOSTNAME',
    publicScheme: 'APIOPERATORISTIO_PUBLICSCHEME',
    publicPort: 'APIOPERATORISTIO_PUBLICPORT',
    gatewayService: 'APIOPERATORISTIO_GATEWAYSERVICE',
    gatewayPods: 'APIOPERATORISTIO_GATEWAYPODS',
    nodePorts: 'APIOPERATORISTIO_NODEPORTS',
    paths: 'APIOPERATORISTIO_PATHS',
    compatUrl: 'APIOPERATORISTIO_COMPATURL',
    clusterDomain: 'APIOPERATORISTIO_CLUSTERDOMAIN',
  },
  create: (options) => new IstioGateway(options),
}
