/**
 * The rooms of the house: who stands on whom.
 *
 * Two tables, one for arrows between packages and one for arrows between the folders of a package. `*` stands for any name.
 */

/** What the files of a project may import by name. */
export interface Wall {
  /** The project. */
  readonly of: string
  /** Packages of ours. */
  readonly ours: readonly string[]
  /** Packages of ours that only its tests and what they stand on may import besides. */
  readonly inTests: readonly string[]
  /** Everybody else's, and Node's; `*` for all. Tests and scripts are free. */
  readonly others: readonly string[]
  /** What to say to who runs against it. */
  readonly because: string
}

const PRODUCTS = ['@exposedapi/adapter-*', '@exposedapi/metrics-*']
const ENGINE = [
  '@exposedapi/objects',
  '@exposedapi/core',
  '@exposedapi/core/engine',
  '@exposedapi/kube',
  '@exposedapi/controller',
]
const ADAPTER: Omit<Wall, 'of'> = {
  ours: ['@exposedapi/core'],
  inTests: ['@exposedapi/core/testing', '@exposedapi/core/conformance', '@exposedapi/core/engine'],
  others: ['zod'],
  because: 'an adapter is pure and imports core only (docs/adr/0001)',
}

/** Of several that fit a file, the first counts. Where none fits, everything may be imported by its name. */
export const WALLS: readonly Wall[] = [
  {
    of: 'packages/objects',
    ours: [],
    inTests: [],
    others: [],
    because: 'objects is the ground: it imports nothing (docs/adr/0001)',
  },
  {
    of: 'packages/core',
    ours: ['@exposedapi/objects'],
    inTests: [],
    others: ['zod', '@standard-schema/spec'],
    because: 'core is pure: of our packages it imports objects alone, no I/O and no container (docs/adr/0001)',
  },
  {
    of: 'packages/kube',
    ours: ['@exposedapi/objects'],
    inTests: [],
    others: ['node:*', '@kubernetes/client-node'],
    because: 'kube is a generic engine: of our packages it imports objects alone (docs/adr/0001)',
  },
  {
    of: 'packages/controller',
    ours: ['@exposedapi/objects', '@exposedapi/core', '@exposedapi/core/engine', '@exposedapi/kube'],
    inTests: ['@exposedapi/core/testing'],
    others: [],
    because: 'the controller names no product: it imports objects, core and kube only (docs/adr/0001)',
  },
  { of: 'packages/adapter-*', ...ADAPTER },
  { of: 'packages/metrics-*', ...ADAPTER },
  {
    of: 'apps/*',
    ours: [...ENGINE, ...PRODUCTS],
    inTests: ['@exposedapi/core/testing'],
    others: ['*'],
    because: 'an app is made of packages, not of what tests it (docs/adr/0001)',
  },
  {
    of: 'testbed',
    ours: [...ENGINE, ...PRODUCTS],
    inTests: [],
    others: ['*'],
    because: 'the test bed does not know what runs on it (docs/adr/0001)',
  },
]

/** Rooms on one level, which do not know each other, or a room alone. `.` is the folder itself; files may be named. */
export type Floor = string | readonly string[]

/**
 * Ground first: a room may import from those before it.
 *
 * `testing` need not be named: it may import everything, and only tests import it; so it is with `conformance`, the suites. For a
 * folder that is not here, its subfolders must not import each other in a circle.
 */
export const FLOORS: Readonly<Record<string, readonly Floor[]>> = {
  'packages/*': ['src', ['scripts', 'test']],
  'packages/core/src': [
    'cluster',
    'findings',
    'policies',
    'model',
    'adapters',
    'decide',
    'crd',
    'testing',
    'conformance',
    '.',
  ],
  'packages/kube/src': [
    'objects',
    'runtime',
    'client',
    'managed-fields',
    'cache',
    ['queue', 'events', 'leader-election'],
    'watch',
    'kinds',
    'write',
    '.',
  ],
  'packages/adapter-gateway-api/src': ['objects', ['options.ts', 'policies'], 'http-route.ts', 'observed', '.'],
  'packages/adapter-istio/src': ['objects', ['options.ts', 'envoy-limits.ts'], 'policies', 'address', 'conflicts', '.'],
  'testbed/src': ['processes', 'build', 'control-plane', 'canvas', 'mesh', '.'],
}
