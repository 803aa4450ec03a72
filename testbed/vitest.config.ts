import { defineConfig } from 'vitest/config'

export default defineConfig({
  ssr: { resolve: { conditions: ['@exposedapi/source', 'node', 'import', 'default'] } },
  // Control planes are started in hooks: the first one on a machine is built there, which takes minutes. All that waits has its own deadline.
  test: { testTimeout: 60_000, hookTimeout: 20 * 60_000 },
})
