import { defineConfig } from 'vitest/config'

const resolve = { conditions: ['@exposedapi/source', 'node', 'import', 'default'] }

export default defineConfig({
  ssr: { resolve },
  environments: { __vitest__: { resolve } }, // the set-up's, which does not share that of the tests
  test: {
    include: ['*.mesh.test.ts'],
    // One mesh for all files: its gateway has one table of routes.
    globalSetup: ['support/setup.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
