import { defineConfig } from 'vitest/config'

export default defineConfig({
  ssr: { resolve: { conditions: ['@exposedapi/source', 'node', 'import', 'default'] } },
  // tsyringe throws at import unless this came first.
  test: { setupFiles: ['reflect-metadata'] },
})
