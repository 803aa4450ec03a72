#!/usr/bin/env node
/** The program: runs the command line and turns every fault into one readable line and an exit code. */
import { main } from './main.ts'

// A rejection that nobody awaits is a bug of ours; it must be seen, and must not end the process in silence.
process.on('unhandledRejection', (reason) => {
  process.stderr.write(`exposedapi: unhandled rejection: ${reason instanceof Error ? reason.stack : String(reason)}\n`)
  process.exitCode = 1
})

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    process.stderr.write(`exposedapi: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    process.exitCode = 1
  },
)
