/** Keys of the work queue: what is decided, never what happened. They also name the readers of the tracked view. */

/** What one key stands for. */
export interface Subject {
  readonly what: 'api' | 'component'
  readonly namespace: string
  readonly name: string
}

/** The key of an ExposedAPI. */
export function apiKey(namespace: string, name: string): string {
  return `api ${namespace}/${name}`
}

/** The key of a Component. */
export function componentKey(namespace: string, name: string): string {
  return `component ${namespace}/${name}`
}

/** What a key of ours stands for. Names of Kubernetes objects hold neither blanks nor slashes. */
export function subjectOf(key: string): Subject {
  const [what, path = ''] = key.split(' ')
  const [namespace = '', name = ''] = path.split('/')
  return { what: what === 'component' ? 'component' : 'api', namespace, name }
}
