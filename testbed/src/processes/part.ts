/** One process of the control plane. */
export type Part = 'etcd' | 'kube-apiserver' | 'kube-controller-manager'

/** How a program is called: the file and the arguments that come before its flags. */
export interface Command {
  readonly file: string
  readonly args: readonly string[]
  /** Variables beside the few that every program gets. */
  readonly env?: Readonly<Record<string, string>>
}

/** The programs of the control plane. Folders of envtest binaries often lack kube-controller-manager. */
export interface Binaries {
  readonly etcd: Command
  readonly 'kube-apiserver': Command
  readonly 'kube-controller-manager'?: Command
}
