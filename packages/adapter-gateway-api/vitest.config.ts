import { defineConfig } from 'vitest/config'

export default defineConfig({ ssr: { resolve: { conditions: ['@exposedapi/source', 'node', 'import', 'default'] } } })
