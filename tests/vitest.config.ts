import { defineConfig } from 'vitest/config'

export default defineConfig({
  ssr: { resolve: { conditions: ['@exposedapi/source', 'node', 'import', 'default'] } },
  test: {
    // A control plane takes 3 to 5 seconds to start, and two cores carry the control plane, the operator and the test.
    testTimeout: 60_000,
    hookTimeout: 20 * 60_000,
    fileParallelism: false,
    // Needs a network namespace of its own: mesh/run.ts runs it.
    exclude: ['mesh/**', '**/node_modules/**'],
  },
})
