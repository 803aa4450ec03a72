/** Writes `crds/exposedapis.yaml`: `npm run crds -w @exposedapi/core` after every change of `src/model/schema.ts`. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { customResourceDefinition } from '../src/crd/custom-resource-definition.ts'

/** Where the generated CRD is committed. */
export const CRD_FILE = fileURLToPath(new URL('../crds/exposedapis.yaml', import.meta.url))

/** The committed text of the CRD. */
export function crdYaml(): string {
  const body = stringify(customResourceDefinition(), { lineWidth: 120, aliasDuplicateObjects: false })
  return `# Generated from packages/core/src/model/schema.ts. Do not edit: npm run crds -w @exposedapi/core\n${body}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(CRD_FILE, crdYaml())
