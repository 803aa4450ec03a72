/** The part of a pino logger that the engine uses. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

const nothing = () => {}

/** Logs nothing. */
export const noLog: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing }
