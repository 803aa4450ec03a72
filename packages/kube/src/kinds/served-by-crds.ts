/**
 * What CustomResourceDefinitions say about our kinds.
 *
 * Discovery lags behind them: an established CRD may be missing from it for a moment, above all while an API server
 * starts. To believe it then would drop a whole cache, so discovery is asked until it agrees.
 */
import { isRecord, type Kind, type KubeObject } from '@exposedapi/objects'
import { crdName, type Served } from './discovery.ts'

/** What one CRD says. */
interface Declaration {
  readonly established: boolean
  /** Served versions, and whether each has a status subresource. */
  readonly versions: ReadonlyMap<string, boolean>
}

/** What the CRDs of our kinds say, by CRD name. */
export class ServedByCrds {
  readonly #declared = new Map<string, Declaration>()
  readonly #names: ReadonlySet<string>

  constructor(kinds: Iterable<Kind>) {
    this.#names = new Set([...kinds].map(crdName))
  }

  /** Whether this CRD is one of ours. */
  isOurs(name: string): boolean {
    return this.#names.has(name)
  }

  /** Takes note of a CRD as it arrives, whatever it contains. Returns whether it is one of ours. */
  note(raw: KubeObject): boolean {
    if (!this.isOurs(raw.metadata.name)) return false
    this.#declared.set(raw.metadata.name, declarationOf(raw))
    return true
  }

  /** A CRD was deleted. */
  forget(name: string): void {
    this.#declared.delete(name)
  }

  /** Whether discovery says what the CRD says. True for kinds without a CRD. */
  agrees(kind: Kind, found: Served | 'absent'): boolean {
    const declared = this.#declared.get(crdName(kind))
    if (!declared?.established) return true
    const expected = kind.versions.find((version) => declared.versions.has(version))
    if (found === 'absent') return expected === undefined
    return found.version === expected && found.hasStatus === declared.versions.get(found.version)
  }

  /** Whether an established CRD says just what is known to be served: then there is nothing to be looked for. */
  confirms(kind: Kind, served: Served | undefined): boolean {
    return this.#declared.get(crdName(kind))?.established === true && this.agrees(kind, served ?? 'absent')
  }
}

function declarationOf(raw: KubeObject): Declaration {
  const { spec, status } = raw as unknown as { spec?: { versions?: unknown }; status?: { conditions?: unknown } }
  const versions = new Map<string, boolean>()
  for (const version of list(spec?.versions)) {
    if (version.served !== true || typeof version.name !== 'string') continue
    const subresources = version.subresources
    versions.set(version.name, isRecord(subresources) && subresources.status !== undefined)
  }
  const established = list(status?.conditions).some(
    (condition) => condition.type === 'Established' && condition.status === 'True',
  )
  return { established, versions }
}

function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}
