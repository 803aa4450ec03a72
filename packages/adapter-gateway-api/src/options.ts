/** What an administrator decides about the Gateway API. Parsed once; a value that cannot work stops the start, not the traffic. */

import { type HostPort, hostPort } from '@exposedapi/core'
import * as z from 'zod'

const NAME = '[a-z0-9]([-a-z0-9.]*[a-z0-9])?'
const text = (description: string) => z.string().optional().meta({ description })

/** Options of the Gateway API adapter. All have defaults, or may be left out; an empty text means left out. */
export const GatewayApiOptions = z.strictObject({
  gateway: z
    .string()
    .regex(new RegExp(`^(${NAME}/)?${NAME}$`), 'write namespace/name or name')
    .default('component-gateway')
    .meta({
      description:
        'Gateway of the Kubernetes Gateway API, `namespace/name`. A bare name means the namespace of the ExposedAPI',
    }),
  sectionName: text(
    'Listener of the Gateway that routes are attached to, where its listeners part hosts or ports. Otherwise all that admit them: also one for http beside one for https',
  ).refine((value) => !value || new RegExp(`^${NAME}$`).test(value), 'write the name of a listener'),
  publicHostname: text(
    'Host, or `host:port`, under which all APIs are published. HTTPRoutes then serve this host instead of all',
  ).refine((value) => !value || hostPort(value) !== undefined, 'write host or host:port, without scheme and wildcard'),
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
})

/** Parsed {@link GatewayApiOptions}. */
export type GatewayApiOptions = z.infer<typeof GatewayApiOptions>

/** Options as the code reads them: the public host taken apart, empty texts gone. */
export interface Configuration extends Pick<GatewayApiOptions, 'gateway' | 'publicScheme' | 'publicPort'> {
  readonly sectionName?: string
  readonly publicHost?: HostPort
}

/** Takes parsed options apart, once. */
export function configuration({ publicHostname, sectionName, ...rest }: GatewayApiOptions): Configuration {
  const publicHost = publicHostname ? hostPort(publicHostname) : undefined
  return { ...rest, ...(sectionName && { sectionName }), ...(publicHost && { publicHost }) }
}
