/** A real istiod and a real Envoy for tests. See README.md. */

export { type MeshPrograms, meshPrograms } from '../build/mesh-programs.ts'
export type { Echo } from './back-end.ts'
export { type Certificate, issueCertificate } from './certificate.ts'
export type { GatewayAnswer, GatewayRequest } from './gateway-request.ts'
export { AUTHORIZER } from './istiod.ts'
export { PLAIN_GATEWAY, type PodOptions } from './manifests.ts'
export { Mesh, type MeshOptions, startMesh } from './mesh.ts'
export { type MeshAddress, MeshClient } from './mesh-client.ts'
export { enter, GATEWAY_ADDRESS, isInside, obstacle } from './namespace.ts'
export { MESH_PORTS } from './ports.ts'
export type { MeshPart } from './remote-control.ts'
