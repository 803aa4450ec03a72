/** `exposedapi rbac`: the role that the configured operator needs. */
import { declaredKinds, policyRules } from '@exposedapi/controller'
import { leaseRules } from '@exposedapi/kube'
import { stringify } from 'yaml'
import { configuration } from '../configuration/environment.ts'
import { rulesFor } from '../configuration/rules.ts'
import { LEASE_NAME } from '../leadership.ts'

/** A ClusterRole as an object, for the configuration in the environment, and in a file if one is given. */
export async function clusterRole(file?: string, environment: NodeJS.ProcessEnv = process.env): Promise<object> {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'exposedapi-operator' },
    rules: [
      ...policyRules(declaredKinds(await rulesFor(configuration(environment, file))).uses),
      ...leaseRules(LEASE_NAME),
    ],
  }
}

/** Prints it as YAML and resolves with the exit code. */
export async function rbac(file?: string): Promise<number> {
  process.stdout.write(stringify(await clusterRole(file), { aliasDuplicateObjects: false }))
  return 0
}
