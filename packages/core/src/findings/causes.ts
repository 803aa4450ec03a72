/** Which finding explains which other: a user must read the cause before its consequences. */
import type { Finding } from './finding.ts'
import type { Reason } from './reasons.ts'

/** Why a gateway says nothing of a route. */
const UNSEEN: readonly Reason[] = [
  'CrdMissing',
  'GatewayNotFound',
  'NotAllowedByGateway',
  'HiddenFromGateway',
  'NoUsableServer',
]

/** Reasons that explain another one where both are found, the best explanation first. They may be advice where they stand. */
const CAUSES: ReadonlyMap<string, readonly Reason[]> = new Map<Reason, readonly Reason[]>([
  // A host name is configured, and it is the Gateway that does not let it in.
  ['HostnameRequired', ['NotAllowedByGateway']],
  ['AddressPending', ['NotAllowedByGateway']],
  ['NoAnswer', UNSEEN],
  ['RoutePending', ['NotOwned', 'WriteRejected', 'LeftoverOfEarlierApi', ...UNSEEN]],
])

/** The finding that explains this reason, if there is one. */
export function causeOf(reason: string, findings: readonly Finding[]): Finding | undefined {
  const causes = CAUSES.get(reason) ?? []
  return causes
    .map((cause) => findings.find((finding) => finding.reason === cause))
    .find((found) => found !== undefined)
}

/** What nothing else in the list explains comes first; otherwise the order stays. */
export function causesFirst(findings: readonly Finding[]): readonly Finding[] {
  const isExplained = (finding: Finding) =>
    causeOf(finding.reason, findings) !== undefined || (finding.reason === 'NotRouted' && findings.some(isOther))
  return [...findings.filter((one) => !isExplained(one)), ...findings.filter(isExplained)]
}

function isOther({ reason }: Finding): boolean {
  return reason !== 'NotRouted'
}
