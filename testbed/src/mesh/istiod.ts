/** How istiod is started for a gateway that is a plain Envoy. */
import type { Command } from '../processes/part.ts'
import { MESH_PORTS as PORTS } from './ports.ts'

const loopback = (port: number): string => `127.0.0.1:${port}`

/** Name of the ext_authz provider in the mesh's configuration: the back end's authorizer, behind Service `canvas/authz`. */
export const AUTHORIZER = 'bed-authz'

/** The mesh's configuration. */
export const MESH_CONFIG = {
  // Else clusters refer to `sds-grpc`, which is a part of istio-proxy and not of Envoy.
  enableAutoMtls: false,
  trustDomain: 'cluster.local',
  ingressControllerMode: 'OFF',
  accessLogFile: '/dev/stdout',
  defaultConfig: { discoveryAddress: loopback(PORTS.discovery) },
  extensionProviders: [
    {
      name: AUTHORIZER,
      envoyExtAuthzHttp: {
        service: 'authz.canvas.svc.cluster.local',
        port: 80,
        timeout: '2s',
        includeRequestHeadersInCheck: ['x-api-key'],
        headersToUpstreamOnAllow: ['x-client-id'],
      },
    },
  ],
}

/** istiod as it is called. `debounce` is how long it waits for more changes before it pushes one. */
export function istiod(file: string, kubeconfig: string, meshConfig: string, debounce: string): Command {
  return {
    file,
    args: [
      'discovery',
      `--kubeconfig=${kubeconfig}`,
      `--meshConfig=${meshConfig}`,
      '--shutdownDuration=1s',
      '--ctrlz_port=0',
      `--grpcAddr=${loopback(PORTS.discovery)}`,
      `--secureGRPCAddr=${loopback(PORTS.secureDiscovery)}`,
      `--httpAddr=${loopback(PORTS.istiodHttp)}`,
      `--httpsAddr=${loopback(PORTS.istiodWebhook)}`,
      `--monitoringAddr=${loopback(PORTS.istiodMetrics)}`,
    ],
    env: {
      POD_NAME: 'istiod-0',
      POD_NAMESPACE: 'istio-system',
      REVISION: 'default',
      CLUSTER_ID: 'Kubernetes',
      ISTIOD_CUSTOM_HOST: 'localhost', // so that its certificate fits the webhook's URL
      // Filters that only istio-proxy has.
      PILOT_ENABLE_ALPN_FILTER: 'false',
      PILOT_ENABLE_METADATA_EXCHANGE: 'false',
      INJECT_ENABLED: 'false',
      ENABLE_DEBUG_ENDPOINT_AUTH: 'false',
      PILOT_DEBOUNCE_AFTER: debounce,
    },
  }
}

/** Istio's admission. istiod recognises it by its labels, fills in its certificate and then makes it `Fail`. */
export const WEBHOOK = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: {
    name: 'istiod-default-validator',
    labels: { app: 'istiod', istio: 'istiod', 'istio.io/rev': 'default' },
  },
  webhooks: [
    {
      name: 'validation.istio.io',
      clientConfig: { url: `https://localhost:${PORTS.istiodWebhook}/validate` },
      rules: [
        {
          operations: ['CREATE', 'UPDATE'],
          apiGroups: ['networking.istio.io', 'security.istio.io', 'extensions.istio.io', 'telemetry.istio.io'],
          apiVersions: ['*'],
          resources: ['*'],
        },
      ],
      failurePolicy: 'Ignore',
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
    },
  ],
}
