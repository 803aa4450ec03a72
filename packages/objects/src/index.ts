/** The ground under model and engine: plain shapes of Kubernetes objects, JSON, names, keys of reads. No dependency. */
export * from './group-by.ts'
export * from './json.ts'
export * from './kind.ts'
export * from './kube-object.ts'
export * from './read-keys.ts'
export * from './view.ts'
