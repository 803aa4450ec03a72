import { defineConfig } from 'vitest/config'

export default defineConfig({
  ssr: { resolve: { conditions: ['@exposedapi/source', 'node', 'import', 'default'] } },
  // In reports/ are tests that shall fail, while report.test.ts runs.
  test: { testTimeout: 30_000, exclude: ['reports/**', '**/node_modules/**'] },
})
