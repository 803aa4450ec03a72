/** The Kubernetes Gateway API as the gateway of ExposedAPIs. */
import { type AdapterDescriptor, CONTRACT, type OptionsSchema } from '@exposedapi/core'
import * as z from 'zod'
import { GatewayApiGateway } from './gateway.ts'
import { GatewayApiOptions } from './options.ts'

export { GatewayApiOptions }

/**
 * The Gateway API, whoever implements it. A denied route is a rule without a backend, which covers its paths all the same: its requests
 * are answered 500, which the specification asks for where no backend is valid. (Seen on Istio.)
 */
export const gatewayApi: AdapterDescriptor<GatewayApiOptions, 'gateway'> = {
  contract: CONTRACT,
  type: 'gateway',
  name: 'gateway-api',
  options: GatewayApiOptions,
  jsonSchema: z.toJSONSchema(GatewayApiOptions, { io: 'input' }) as OptionsSchema,
  variables: {
    gateway: 'GATEWAYAPI_GATEWAY',
    sectionName: 'GATEWAYAPI_SECTIONNAME',
    publicHostname: 'GATEWAYAPI_PUBLICHOSTNAME',
    publicScheme: 'GATEWAYAPI_PUBLICSCHEME',
    publicPort: 'GATEWAYAPI_PUBLICPORT',
  },
  create: (options) => new GatewayApiGateway(options),
}
