import type { Command } from './part.ts'

/** What the test bed asks its supervisor to do. A part is any name: its program's log is named for it. */
export type Order =
  | { readonly id: number; readonly do: 'start'; readonly part: string; readonly command: Command }
  | { readonly id: number; readonly do: 'stop'; readonly part: string; readonly signal: NodeJS.Signals }
  | { readonly id: number; readonly do: 'signal'; readonly part: string; readonly signal: NodeJS.Signals }

/** What the supervisor says: that an order is done, or that a part has ended, asked for or not. */
export type Report =
  | { readonly about: 'order'; readonly id: number; readonly error?: string }
  | { readonly about: 'exit'; readonly part: string; readonly how: string }

/** Names the pipe that a part watches; the Go program knows it (testbed/go/lifeline.go). Three is the first descriptor after stderr. */
export const LIFELINE = { TESTBED_LIFELINE: '3' }
