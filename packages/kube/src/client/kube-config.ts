/**
 * The one door to `@kubernetes/client-node`: its kubeconfig and authentication, and nothing else of it.
 *
 * A file of its own, since a bundler can leave out the rest of that library (three megabytes of generated classes) only
 * where one name is imported and not the whole namespace.
 */
export { KubeConfig } from '@kubernetes/client-node'
