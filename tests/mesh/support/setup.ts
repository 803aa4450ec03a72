/** The mesh of all test files. It runs in the process of the test runner; tests get its address. */
import { progressTo } from '@exposedapi/testbed'
import { type MeshAddress, startMesh } from '@exposedapi/testbed/mesh'
import type { TestProject } from 'vitest/node'
import { operatorRole } from '../../support/operator.ts'

declare module 'vitest' {
  interface ProvidedContext {
    readonly mesh: MeshAddress
  }
}

/** Starts it; what is returned ends it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const begun = performance.now()
  const role = await operatorRole()
  const mesh = await startMesh({ role, gatewayApi: true, progress: progressTo(process.stderr) })
  console.log(`mesh: ready in ${((performance.now() - begun) / 1000).toFixed(1)} s, logs in ${mesh.address.directory}`)
  project.provide('mesh', mesh.address)
  return () => mesh[Symbol.asyncDispose]()
}
