/**
 * What the controller says about the route, and about the Gateway that it is attached to.
 *
 * A status that stops at the route's own `Accepted` would lie: a controller accepts routes on a Gateway that it cannot serve.
 */
import { type Finding, nameOf } from '@exposedapi/core'
import { type Condition, said, words } from '../objects/conditions.ts'
import type { Answer, Attachment, Gateway, HttpRoute } from '../objects/kinds.ts'

/** What there is to say, and whether something is still due. */
export interface Heard {
  readonly findings: readonly Finding[]
  /** The controller owes an answer to what was written last, to the route or to its Gateway. */
  readonly awaiting: boolean
  /** The controller does not take the route, or not the whole of it. In its words. */
  readonly refusal?: { readonly whole: boolean; readonly message: string }
}

/** Reasons for which a Gateway is not programmed that are about its address alone. */
const OF_ADDRESS = new Set(['AddressNotAssigned'])

/** Is the Gateway served for want of nothing but an address? Then the controller's words. */
export function addressTrouble({ conditions, generation }: Gateway): string | undefined {
  const programmed = said(conditions, 'Programmed', generation)
  return programmed?.status === 'False' && OF_ADDRESS.has(programmed.reason) ? words(programmed) : undefined
}

/** What is said of the Gateway as a whole. */
export function heardOfGateway(gateway: Gateway): Heard {
  const { conditions, generation } = gateway
  const [accepted, programmed] = ['Accepted', 'Programmed'].map((type) => said(conditions, type, generation))
  const bad = [accepted, programmed].find((one) => one?.status === 'False' && !OF_ADDRESS.has(one.reason))
  if (bad) {
    const verb = bad === accepted ? 'accepted' : 'programmed'
    return {
      findings: [reported(`Gateway ${nameOf(gateway)} is not ${verb}: ${words(bad)}`)],
      awaiting: false,
    }
  }
  if (programmed !== undefined && programmed.status !== 'Unknown') return { findings: [], awaiting: false }
  const message = `No controller has answered yet to Gateway ${nameOf(gateway)} of class ${gateway.className}.`
  return { findings: [pending(message)], awaiting: true }
}

/** Do both mean the same parent of a route? */
function isSame(a: Attachment, b: Attachment): boolean {
  return a.gateway === b.gateway && a.sectionName === b.sectionName && a.port === b.port
}

/**
 * What is said of a route that is written. Without the name of the expected controller everybody's answers count: policy controllers
 * write their own beside it.
 */
export function heardOfRoute(own: HttpRoute, parent: Attachment, controllerName: string | undefined): Heard {
  const answers = own.answers.filter(
    (answer) => isSame(answer, parent) && (controllerName ?? answer.controllerName) === answer.controllerName,
  )
  if (answers.length === 0) {
    const message = `No controller has answered yet to HTTPRoute ${nameOf(own)} on Gateway ${parent.gateway}.`
    return { findings: [pending(message)], awaiting: true }
  }
  const all = answers.map((answer) => heardFrom(answer, own))
  const refusal = all.find((one) => one.refusal !== undefined)?.refusal
  return {
    findings: all.flatMap(({ findings }) => findings),
    awaiting: all.some(({ awaiting }) => awaiting),
    ...(refusal !== undefined && { refusal }),
  }
}

/** Reasons for which a route is not accepted that the Gateway's listeners have. */
const OF_LISTENERS = new Set(['NotAllowedByListeners', 'NoMatchingListenerHostname', 'NoMatchingParent'])

function heardFrom({ controllerName, conditions }: Answer, own: HttpRoute): Heard {
  const about = (type: string) => said(conditions, type, own.generation)
  const [accepted, resolved, partial] = [about('Accepted'), about('ResolvedRefs'), about('PartiallyInvalid')]
  const what = `HTTPRoute ${nameOf(own)}`
  if (accepted?.status === 'False') {
    const message = `${controllerName} does not accept ${what}: ${words(accepted)}`
    const reason = OF_LISTENERS.has(accepted.reason) ? 'NotAllowedByGateway' : 'ReportedByGateway'
    return { findings: [{ ...reported(message), reason }], awaiting: false, refusal: { whole: true, message } }
  }
  const unresolved = resolved?.status === 'False' ? says(controllerName, what, resolved) : undefined
  const dropped = partial?.status === 'True' ? says(controllerName, what, partial) : undefined
  return {
    findings: [unresolved, dropped].filter((message) => message !== undefined).map(reported),
    awaiting: accepted?.status !== 'True',
    ...(dropped !== undefined && { refusal: { whole: false, message: dropped } }),
  }
}

function says(controllerName: string, what: string, condition: Condition): string {
  return `${controllerName} says of ${what}: ${words(condition)}`
}

/** In somebody else's words, which may hold addresses and counts. */
function reported(message: string): Finding {
  return { condition: 'RouteProgrammed', status: 'False', reason: 'ReportedByGateway', message, foreign: true }
}

function pending(message: string): Finding {
  return { condition: 'RouteProgrammed', status: 'Unknown', reason: 'RoutePending', message }
}
