/** What the golden pairs show: each row of the rules that this adapter follows, and the case and API where it can be seen. */
import { ADDRESS } from './rows/address.ts'
import { AUTHORS } from './rows/authors.ts'
import { DEFECTS } from './rows/defects.ts'
import { FOREIGN, REASONS } from './rows/findings.ts'
import { CORS, POLICIES } from './rows/policies.ts'
import { DESTINATION, PATHS } from './rows/routes.ts'
import type { Row } from './rows/row.ts'

/** All rows. */
export const ROWS: readonly Row[] = [
  ...PATHS,
  ...AUTHORS,
  ...DESTINATION,
  ...CORS,
  ...POLICIES,
  ...ADDRESS,
  ...REASONS,
  ...FOREIGN,
  ...DEFECTS,
]
