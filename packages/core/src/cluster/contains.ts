/** Whether a stored object has what was rendered. */
import { isRecord, own, type RenderedObject } from '@exposedapi/objects'

/**
 * Whether the body of a stored object has every field that was rendered, with its value. What the server adds to maps by default
 * is fine; a list must have the same number of items. Metadata does not count.
 */
export function containsBody(stored: object, rendered: RenderedObject): boolean {
  const { apiVersion: _version, kind: _kind, metadata: _metadata, ...body } = rendered
  return contains(stored, body)
}

function contains(stored: unknown, rendered: unknown): boolean {
  if (rendered === undefined || rendered === null) return true
  if (Array.isArray(rendered)) {
    return (
      Array.isArray(stored) &&
      stored.length === rendered.length &&
      rendered.every((item, at) => contains(stored[at], item))
    )
  }
  if (!isRecord(rendered)) return stored === rendered
  return isRecord(stored) && Object.keys(rendered).every((key) => contains(own(stored, key), own(rendered, key)))
}
