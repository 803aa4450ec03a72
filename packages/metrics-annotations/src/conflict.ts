/** Keys of a Pod that somebody else set, and who. */
import { API_BY_UID, nameOf, type View } from '@exposedapi/core'
import type { Annotations, Obstacle } from './convention.ts'
import type { Pod } from './pod.ts'

/** Somebody else's value under a key of ours. An equal value is shared: server-side apply lets several own it. */
export function conflict(uid: string, wanted: Annotations, pod: Pod, view: View): Obstacle | undefined {
  for (const [key, value] of Object.entries(wanted)) {
    const current = pod.metadata.annotations?.[key]
    if (current === undefined || current === value) continue
    const managers = pod.others[key] ?? []
    const siblings = Object.keys(pod.applied).filter((other) => other !== uid && pod.applied[other]?.includes(key))
    const ours = pod.applied[uid]?.includes(key) ?? false
    // Not even a key that is ours as well may change: the API server answers 409 as long as another manager owns it.
    if (ours && managers.length + siblings.length === 0) continue

    const what = `Annotation ${key} of Pod ${nameOf(pod)}`
    if (managers.length === 0 && siblings.length > 0) {
      // An older one that claims the Pod has been found before. A younger one gives way, and we come back.
      const names = siblings.sort().map((other) => siblingName(other, view))
      return waits(`${what} is still held by ${names.join(' and ')}.`)
    }
    const whose = managers.length > 0 ? `was set by ${managers.join(' and ')}` : 'was set by an unknown writer'
    const message = `${what} ${whose} to another value, so the Pod is left alone.`
    return { status: 'False', reason: 'AnnotationConflict', message }
  }
  return undefined
}

function siblingName(uid: string, view: View): string {
  const [api] = view.by(API_BY_UID, uid)
  return api ? `ExposedAPI ${nameOf(api)}` : 'a deleted ExposedAPI'
}

function waits(message: string): Obstacle {
  return { status: 'Unknown', reason: 'AnnotationConflict', message }
}
