/** One rule, and where a golden pair shows it. */

/**
 * A rule is named by its subject, a defect of the reference operator by its number (`D40`…). `shows` is a text that the
 * output of that API must hold, so that a case cannot quietly lose what it is there for.
 */
export type Row = readonly [rule: string, golden: string, api: string, shows: string]
