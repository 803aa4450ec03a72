/** How Envoy is started as the ingress gateway. */
import type { Command } from '../processes/part.ts'
import type { Identity } from './gateway-identity.ts'
import { GATEWAY_ADDRESS } from './namespace.ts'
import { MESH_PORTS as PORTS } from './ports.ts'

const local = (port: number) => ({ socket_address: { address: '127.0.0.1', port_value: port } })

/** What Envoy is told before it asks istiod for everything else, over a connection on which each knows the other. */
export function bootstrap(identity: Identity): object {
  return { ...COMMON, static_resources: { clusters: [discovery(identity)] } }
}

const COMMON = {
  node: {
    id: `router~${GATEWAY_ADDRESS}~ingress-0.istio-ingress~istio-ingress.svc.cluster.local`,
    cluster: 'istio-ingress.istio-ingress',
    metadata: {
      CLUSTER_ID: 'Kubernetes', // istiod's, or it knows no Service
      NAMESPACE: 'istio-ingress',
      ISTIO_VERSION: '1.31.0',
      INSTANCE_IPS: GATEWAY_ADDRESS,
      LABELS: { app: 'istio-ingress', istio: 'ingressgateway' }, // there is no Pod: a Gateway selects by these
    },
  },
  admin: { address: local(PORTS.envoyAdmin) },
  dynamic_resources: {
    ads_config: {
      api_type: 'GRPC',
      transport_api_version: 'V3',
      set_node_on_first_message_only: true,
      grpc_services: [{ envoy_grpc: { cluster_name: 'xds' } }],
    },
    cds_config: { ads: {}, resource_api_version: 'V3' },
    lds_config: { ads: {}, resource_api_version: 'V3' },
  },
}

function discovery({ authority, certificate, key }: Identity): object {
  return {
    name: 'xds',
    connect_timeout: '1s',
    type: 'STATIC',
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        explicit_http_config: { http2_protocol_options: {} },
      },
    },
    transport_socket: {
      name: 'envoy.transport_sockets.tls',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
        sni: 'localhost',
        common_tls_context: {
          tls_certificates: [
            { certificate_chain: { inline_string: certificate }, private_key: { inline_string: key } },
          ],
          validation_context: { trusted_ca: { inline_string: authority } },
        },
      },
    },
    load_assignment: {
      cluster_name: 'xds',
      endpoints: [{ lb_endpoints: [{ endpoint: { address: local(PORTS.secureDiscovery) } }] }],
    },
  }
}

/** Envoy as it is called. A short drain: connections must not stay on a listener that is gone. */
export function envoy(file: string, bootstrapFile: string): Command {
  const drain = ['--drain-time-s', '1', '--drain-strategy', 'immediate']
  return {
    file,
    args: ['-c', bootstrapFile, '--concurrency', '1', '--disable-hot-restart', ...drain, '--log-level', 'warning'],
  }
}
