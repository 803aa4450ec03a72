/** Istio as the gateway of ExposedAPIs. */
import { type AdapterDescriptor, CONTRACT } from '@exposedapi/core'
import { IstioGateway } from './gateway.ts'
import { IstioOptions } from './options.ts'

export { IstioOptions }

/** Istio as the gateway of the Canvas. */
export const istio: AdapterDescriptor<IstioOptions> = {
  contract: CONTRACT,
  name: 'istio',
  options: IstioOptions,
  create: (options) => new IstioGateway(options),
}
