import { defineConfig } from 'vitest/config'

export default defineConfig({
  ssr: { resolve: { conditions: ['@exposedapi/source', 'node', 'import', 'default'] } },
  test: {
    include: ['*.mesh.test.ts'],
    // One mesh for all files: its gateway has one table of routes.
    globalSetup: ['support/setup.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
