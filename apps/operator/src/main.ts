/** The command line. */
import { parseArgs } from 'node:util'
import { ConfigurationError } from './configuration/error.ts'
import { VERSION } from './version.ts'

const OPTIONS = {
  file: { type: 'string', short: 'f', multiple: true },
  standalone: { type: 'boolean' },
  kubeconfig: { type: 'string' },
  context: { type: 'string' },
  config: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const

/** Runs a command line and resolves with the exit code: 0 done, 1 refused or failed, 2 misused. */
export async function main(args: readonly string[]): Promise<number> {
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse(args)
  } catch (error) {
    return misused(error instanceof Error ? error.message : String(error))
  }
  const { values, positionals } = parsed
  const [command, ...rest] = positionals
  if (values.version) return printed(`${VERSION}\n`)
  if (values.help || command === undefined) return printed((await import('./commands/help.ts')).help())
  try {
    if (command === 'run') {
      if (rest.length > 0) return misused(`run takes no arguments, but got ${rest.join(' ')}`)
      const { kubeconfig, context } = values
      await (await import('./commands/run.ts')).run({
        ...(values.config !== undefined && { config: values.config }),
        standalone: values.standalone ?? false,
        ...(kubeconfig !== undefined && { kubeconfig }),
        ...(context !== undefined && { context }),
      })
      return 0
    }
    if (command === 'render')
      return await (await import('./commands/render.ts')).render([...(values.file ?? []), ...rest], values.config)
    if (command === 'rbac') return await (await import('./commands/rbac.ts')).rbac(values.config)
    return misused(`unknown command ${command}`)
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    process.stderr.write(`exposedapi: ${error.message}\n`)
    return 1
  }
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
}

function printed(text: string): number {
  process.stdout.write(text)
  return 0
}

function misused(problem: string): number {
  process.stderr.write(`exposedapi: ${problem}; try exposedapi --help\n`)
  return 2
}
