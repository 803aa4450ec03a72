import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: ['packages/*', 'apps/*', 'testbed', 'tests', 'tools', 'benchmarks'],
    // The cache ignores changes of tsconfig: a test kept passing after the flag it needed was gone.
    fsModuleCache: false,
  },
})
