/**
 * Completes package-lock.json for platforms whose optional packages npm could not fetch when it wrote the file.
 *
 * npm drops such packages from the lock, and npm >= 11 then refuses `npm ci` because they are missing (npm/cli#9846).
 *
 *     node tools/complete-lockfile.ts           adds what is missing
 *     node tools/complete-lockfile.ts --check   fails if something is
 */
import { readFileSync, writeFileSync } from 'node:fs'

interface LockedPackage {
  readonly version?: string
  readonly dev?: boolean
  readonly optional?: boolean
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly libc?: readonly string[]
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const FILE = new URL('../package-lock.json', import.meta.url)
const OS: Readonly<Record<string, string>> = Object.fromEntries([
  ...'linux darwin win32 android freebsd openbsd netbsd openharmony sunos aix'.split(' ').map((name) => [name, name]),
  ['windows', 'win32'],
  ['win', 'win32'],
])
const CPU: Readonly<Record<string, string>> = Object.fromEntries(
  'x64 arm64 arm ia32 loong64 mips64el ppc64 riscv64 s390x wasm32'.split(' ').map((name) => [name, name]),
)

const lock = JSON.parse(readFileSync(FILE, 'utf8')) as { packages: Record<string, LockedPackage> }
const missing = missingPackages(lock.packages)
if (process.argv.includes('--check')) {
  if (missing.length > 0) {
    console.error(
      `package-lock.json lacks ${missing.length} optional packages of other platforms, ${missing[0]?.[0]} among them.`,
    )
    console.error('npm ci would fail there. Run: npm run lockfile')
    process.exit(1)
  }
  console.log('package-lock.json is complete for all platforms')
} else {
  const packages = Object.entries({ ...lock.packages, ...Object.fromEntries(missing) })
  lock.packages = Object.fromEntries(packages.sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`)
  console.log(`package-lock.json: ${missing.length} optional packages added`)
}

function missingPackages(
  packages: Readonly<Record<string, LockedPackage>>,
): readonly (readonly [string, LockedPackage])[] {
  const found = new Map<string, LockedPackage>()
  for (const [path, locked] of Object.entries(packages)) {
    if (path === '') continue
    for (const [name, range] of Object.entries(locked.optionalDependencies ?? {})) {
      if (!resolves(packages, path, name))
        found.set(`node_modules/${name}`, placeholder(name, range, locked.dev === true))
    }
  }
  return [...found]
}

/** As Node resolves a package: upwards through the folders. */
function resolves(packages: Readonly<Record<string, LockedPackage>>, from: string, name: string): boolean {
  for (let base = from; ; ) {
    if (packages[`${base ? `${base}/` : ''}node_modules/${name}`]) return true
    if (base === '') return false
    base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))
  }
}

/** Platform packages are pinned exactly by their parents and named after their platform. */
function placeholder(name: string, version: string, dev: boolean): LockedPackage {
  const parts = name.split(/[/-]/)
  const os = parts.map((part) => OS[part]).find(Boolean)
  const cpu = parts.map((part) => CPU[part]).find(Boolean)
  const libc = os !== 'linux' ? undefined : name.includes('musl') ? 'musl' : name.includes('gnu') ? 'glibc' : undefined
  return {
    version,
    ...(cpu && { cpu: [cpu] }),
    ...(dev && { dev }),
    optional: true,
    ...(os && { os: [os] }),
    ...(libc && { libc: [libc] }),
  }
}
