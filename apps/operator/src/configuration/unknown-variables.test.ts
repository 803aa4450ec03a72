import { expect, it } from 'vitest'
import { BUILT_IN } from './descriptors.ts'
import { refuseUnknown } from './unknown-variables.ts'

it.each([
  { name: 'APIOPERATORISTIO_PUBLICHOST', says: 'did you mean APIOPERATORISTIO_PUBLICHOSTNAME?' },
  { name: 'SERVICEMONITOR_LABEL', says: 'did you mean SERVICEMONITOR_LABELS?' },
  { name: 'DATADOGANNOTATION_X', says: 'known are DATADOGANNOTATION_NAMESPACE' },
])('$name would silently do nothing: $says', ({ name, says }) => {
  expect(() => refuseUnknown({ [name]: 'x' }, BUILT_IN)).toThrow(`${name} is not a known variable; ${says}`)
})

it.each([
  'SERVICEMONITOR_SERVICE_HOST',
  'SERVICEMONITOR_SERVICE_PORT',
  'SERVICEMONITOR_SERVICE_PORT_HTTP',
  'SERVICEMONITOR_PORT',
  'SERVICEMONITOR_PORT_80_TCP_ADDR',
  'SERVICEMONITOR_INTERVAL',
  'SOMETHING_ELSE',
  'HOME',
])('%s is nobody’s mistake', (name) => {
  expect(() => refuseUnknown({ [name]: 'x' }, BUILT_IN)).not.toThrow()
})
