/**
 * The labels by which a monitor finds the Service.
 *
 * `selector` matches labels of Services, never their name, and goes into the configuration of Prometheus as regular
 * expressions without escaping: `app.v1` also matches `appxv1`. What it catches too much, the keep rule on the Service's
 * name drops; so any true labels do, and those that last are best: a changed selector makes Prometheus reload.
 */

/** Labels that change at an upgrade of the chart, or name the tool that installed it. */
const UNSTABLE = new Set([
  'app.kubernetes.io/managed-by',
  'app.kubernetes.io/version',
  'helm.sh/chart',
  // The same as Helm 2 charts spell them.
  'chart',
  'heritage',
  'release',
])

/** The pairs to select by: the stable ones, else all. Undefined: there is none, and only the empty selector finds it. */
export function selectorOf(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> | undefined {
  // Sorted, so that the monitor does not depend on the order in which the Service was written.
  const all = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))
  const stable = all.filter(([key]) => !UNSTABLE.has(key))
  const chosen = stable.length > 0 ? stable : all
  return chosen.length > 0 ? Object.fromEntries(chosen) : undefined
}
