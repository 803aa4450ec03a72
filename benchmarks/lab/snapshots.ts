/**
 * Prepared etcd data directories, so that every run starts from the same bytes.
 *
 * `base`: everything but the ExposedAPIs (CRDs, namespaces, ingress Service, Gateway, Components, backends with ready slices).
 * `full`: the ExposedAPIs and the Components' first entries too, untouched by any operator.
 */
import { createHash } from 'node:crypto'
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect, RestClient } from '@exposedapi/kube'
import { type Binaries, cacheFolder } from '@exposedapi/testbed'
import { Api, COMPONENT_GATEWAY, canvasCrds } from '@exposedapi/testbed/canvas'
import type { Json } from '../record.ts'
import { Lab } from './lab.ts'
import { bench } from './tool.ts'

export type SnapshotKind = 'base' | 'full'

/** Makes snapshots where they are missing. */
export class Snapshots {
  readonly #programs: Binaries
  readonly #tool: string
  readonly #crds: string
  readonly #folder: string

  private constructor(programs: Binaries, tool: string, crds: string) {
    const hash = createHash('sha256').update(JSON.stringify([programs, tool, crds]))
    this.#programs = programs
    this.#tool = tool
    this.#crds = crds
    this.#folder = join(cacheFolder(), `bench-data-${hash.digest('hex').slice(0, 16)}`)
  }

  static async open(programs: Binaries, tool: string): Promise<Snapshots> {
    // JSON is YAML, and this is how the tool takes several documents.
    const crds = (await canvasCrds()).map((crd) => JSON.stringify(crd)).join('\n---\n')
    return new Snapshots(programs, tool, crds)
  }

  /** Where a snapshot is kept. */
  path(kind: SnapshotKind, n: number): string {
    return join(this.#folder, `${kind}${n}`)
  }

  /** Is it there? */
  has(kind: SnapshotKind, n: number): Promise<boolean> {
    return access(this.path(kind, n)).then(
      () => true,
      () => false,
    )
  }

  /** Makes it, and what it builds on, unless it is there. */
  async make(kind: SnapshotKind, n: number): Promise<void> {
    if (await this.has(kind, n)) return
    await mkdir(this.#folder, { recursive: true })
    if (kind === 'full') await this.make('base', n)
    await using lab = await Lab.start(this.#programs, kind === 'full' ? this.path('base', n) : undefined)
    await (kind === 'full' ? this.#create(lab, n) : this.#setUp(lab, n))
    const unfinished = `${this.path(kind, n)}.tmp`
    await lab.keepAs(unfinished)
    await rm(this.path(kind, n), { recursive: true, force: true })
    await rename(unfinished, this.path(kind, n))
  }

  async #setUp(lab: Lab, n: number): Promise<void> {
    const crds = join(lab.directory, 'crds.yaml')
    await writeFile(crds, this.#crds)
    await this.#run(lab, 'setup', '-n', String(n), '-crds', crds)
    // The tool knows no Gateway, which a Canvas has and from which our operator reads scheme and port of URLs.
    const client = new RestClient({ connection: await connect({ kubeconfig: lab.kubeconfig, userAgent: 'bench' }) })
    await new Api(client).apply(COMPONENT_GATEWAY)
    client.close()
  }

  async #create(lab: Lab, n: number): Promise<void> {
    await this.#run(lab, 'wait')
    await this.#run(lab, 'create', '-n', String(n))
  }

  async #run(lab: Lab, command: string, ...flags: readonly string[]): Promise<Json> {
    const result = await bench(this.#tool, { command, kubeconfig: lab.kubeconfig, flags })
    if (result.error !== undefined) throw new Error(`bench ${command}: ${String(result.error)}`)
    return result
  }
}
