/**
 * The link to the developer user interface. It only decorates an API, so whatever it is, the API is routed.
 *
 * Swagger UI lives at `/swagger-ui.html#/` or `/index.html?configUrl=…`: gateways route the path and never see the rest.
 */

import { shown } from '../policies/type-problem.ts'
import { pathProblem } from './path-problem.ts'
import { spelledPath } from './paths.ts'
import type { SpecProblem } from './spec.ts'

/** What is routed and published for `spec.developerUI`. */
export interface DeveloperUi {
  /** Its path as written, without query and fragment. Absent: nothing is routed. */
  readonly path?: string
  /** What is published: what follows the address of the API, or a whole URL. Absent: nothing. */
  readonly link?: string
  readonly advice?: SpecProblem
}

const MAX_LENGTH = 2048

/** Reads it. An empty text is like none. */
export function developerUi(text: string | undefined): DeveloperUi {
  if (text === undefined || text === '') return {}
  const [, origin = '', path = '', rest = ''] = /^(https?:\/\/[^/?#]*)?([^?#]*)(.*)$/is.exec(text) ?? []
  if (text.length > MAX_LENGTH) return unusable(`has ${text.length} characters: write at most ${MAX_LENGTH}`)
  if (origin !== '' && !URL.canParse(text)) return unusable('is not a valid URL: write a path such as "/docs"')
  if (origin !== '') return elsewhere(text, path)
  const problem = path === '' ? 'must start with its path: write "/docs", for example' : pathProblem(path)
  if (problem !== undefined) return unusable(problem)
  const link = spelledPath(path) + legible(rest)
  if (rest === '') return { path, link }
  return {
    path,
    link,
    advice: advice(`${shown(text)} is published as it is, but only its path ${shown(path)} is routed`),
  }
}

/** A portal of its own, or our own gateway by its public name: we cannot tell, so the path leads to the API here as well. */
function elsewhere(text: string, path: string): DeveloperUi {
  const isRouted = path !== '' && path !== '/' && pathProblem(path) === undefined
  const routed = isRouted ? `, and its path ${shown(path)} is routed` : ', and nothing is routed for it'
  return {
    ...(isRouted && { path }),
    link: legible(text),
    advice: advice(
      `${shown(text)} is a URL: it is published as it is${routed}; write only a path if the API serves it`,
    ),
  }
}

function unusable(problem: string): DeveloperUi {
  return { advice: advice(`${problem}; until then it is neither routed nor published`) }
}

function advice(message: string): SpecProblem {
  return { field: 'spec.developerUI', reason: 'DeveloperUILink', message }
}

/** A query or fragment as written, but for what cannot be in a URL. */
function legible(text: string): string {
  return text.replace(/[^!-~]/gu, (character) => encodeURIComponent(character.toWellFormed()))
}
