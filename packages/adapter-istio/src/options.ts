/** What an administrator decides about Istio. Parsed once; a value that cannot work stops the start, not the traffic. */

import { type HostPort, hostPort } from '@exposedapi/core'
import * as z from 'zod'

const NAME = '[a-z0-9]([-a-z0-9.]*[a-z0-9])?'
const text = (description: string) => z.string().optional().meta({ description })

/**
 * Options of the Istio adapter. All have defaults, or may be left out; an empty text means left out.
 *
 * `gateway` and `publicHostname` are COMPONENTGATEWAY and PUBLICHOSTNAME of the reference operator.
 */
export const IstioOptions = z.strictObject({
  gateway: z
    .string()
    .regex(new RegExp(`^((${NAME}|\\.)/)?${NAME}$`), 'write namespace/name or name')
    .default('component-gateway')
    .meta({
      description: 'Istio Gateway, `namespace/name`. A bare name is looked up in the namespace of the ExposedAPI',
    }),
  publicHostname: text(
    'Host, or `host:port`, under which all APIs are published. VirtualServices then serve this host instead of `*`',
  ).refine((value) => !value || hostPort(value) !== undefined, 'write host or host:port, without a scheme or wildcard'),
  publicScheme: z
    .enum(['http', 'https'])
    .optional()
    .meta({ description: 'Scheme of published URLs, where a load balancer in front terminates TLS' }),
  publicPort: z
    .int()
    .min(1, 'write a port, 1 to 65535')
    .max(65535, 'write a port, 1 to 65535')
    .optional()
    .meta({ description: 'Port of published URLs, where a load balancer in front changes it' }),
  gatewayService: text(
    'Service that has the address, `namespace/name`. By default it is found through the selector of the Gateway',
  ).refine((value) => !value || new RegExp(`^${NAME}/${NAME}$`).test(value), 'write namespace/name'),
  gatewayPods: z.boolean().default(false).meta({
    description:
      'Find the Service through the pods that the Gateway selects, if no Service has all labels of the Gateway in its selector. Needs a watch on all Pods',
  }),
  nodePorts: z.boolean().default(false).meta({
    description:
      'Publish a Service of type NodePort: its `nodePort`, with a configured host name or the address of a Node. Needs a watch on Nodes',
  }),
  paths: z.enum(['strict', 'legacy']).default('strict').meta({
    description:
      '`strict`: a path matches itself and what is below it. `legacy`: plain string prefix like the reference operator, so `/a` also catches `/ab`',
  }),
  compatUrl: z.boolean().default(false).meta({
    description:
      'URL rule of the reference operator: always https, with the port that the labelled Service calls `http`. The servers of the Gateway are ignored',
  }),
  clusterDomain: z
    .string()
    .regex(new RegExp(`^${NAME}$`), 'write a DNS name')
    .default('cluster.local')
    .meta({ description: 'DNS domain of the cluster, for routes that lead to another namespace' }),
})

/** Parsed {@link IstioOptions}. */
export type IstioOptions = z.infer<typeof IstioOptions>

/** Options as the code reads them: the public host taken apart, empty texts gone. */
export interface Configuration
  extends Pick<
    IstioOptions,
    'gateway' | 'publicScheme' | 'publicPort' | 'gatewayPods' | 'nodePorts' | 'paths' | 'compatUrl'
  > {
  readonly publicHost?: HostPort
  readonly gatewayService?: { readonly namespace: string; readonly name: string }
  readonly clusterDomain: string
}

/** Takes parsed options apart, once. */
export function configuration({ publicHostname, gatewayService, ...rest }: IstioOptions): Configuration {
  const publicHost = publicHostname ? hostPort(publicHostname) : undefined
  const [namespace, name] = gatewayService?.split('/') ?? []
  return {
    ...rest,
    ...(publicHost && { publicHost }),
    ...(namespace && name && { gatewayService: { namespace, name } }),
  }
}
