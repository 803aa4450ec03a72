/**
 * What follows from an object or list of the view, kept with it.
 *
 * The view hands out the same object, and the same list, until something in it changes. So what was derived from one is right
 * as long as it is at hand, and goes with it: thousands of APIs on one Gateway then derive it once.
 */

/** Makes `derive` remember its answers by its first argument, and by a key of the others. */
export function derived<From extends object, Rest extends readonly unknown[], To>(
  derive: (from: From, ...rest: Rest) => To,
  keyOf: (...rest: Rest) => string,
): (from: From, ...rest: Rest) => To {
  const known = new WeakMap<From, Map<string, To>>()
  return (from, ...rest) => {
    const ofFrom = known.get(from) ?? new Map<string, To>()
    const key = keyOf(...rest)
    const answer = ofFrom.has(key) ? (ofFrom.get(key) as To) : derive(from, ...rest)
    ofFrom.set(key, answer)
    known.set(from, ofFrom)
    return answer
  }
}
