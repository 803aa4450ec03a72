/** For errors about a name that nobody knows. */
import { distance } from 'fastest-levenshtein'

/** The known name that was probably meant; undefined if none is alike. Capitals do not count. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let nearest: { readonly name: string; readonly distance: number } | undefined
  for (const candidate of known) {
    const [given, other] = [name.toLowerCase(), candidate.toLowerCase()]
    // The beginning of a name is nearer to it than any slip of the pen.
    const steps = other.startsWith(given) ? 0 : distance(given, other)
    if (!nearest || steps < nearest.distance) nearest = { name: candidate, distance: steps }
  }
  // More than a third of it wrong is another word.
  return nearest && nearest.distance <= Math.ceil(name.length / 3) ? nearest.name : undefined
}

/** How an error ends that names an unknown name: the nearest known one, else all of them. */
export function didYouMean(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known)
  if (nearest !== undefined) return `did you mean ${nearest}?`
  return known.length === 0 ? 'there are none' : `known are ${known.join(', ')}`
}
