/** Circles in a graph. */

/** An arrow from one node to another, and what makes it one. */
export interface Edge<T> {
  readonly from: string
  readonly to: string
  readonly by: T
}

type Graph<T> = ReadonlyMap<string, ReadonlyMap<string, Edge<T>>>

/**
 * The shortest circle through each node that is on one; one that several share is given once. Of several edges between
 * the same nodes the first counts.
 */
export function circlesOf<T>(edges: readonly Edge<T>[]): readonly (readonly Edge<T>[])[] {
  const graph = graphOf(edges)
  const circles = new Map<string, readonly Edge<T>[]>()
  for (const node of [...graph.keys()].sort()) {
    const circle = wayBack(graph, node) ?? []
    const name = circle
      .map(({ from }) => from)
      .sort()
      .join()
    if (circle.length > 0 && !circles.has(name)) circles.set(name, circle)
  }
  return [...circles.values()]
}

function graphOf<T>(edges: readonly Edge<T>[]): Graph<T> {
  const graph = new Map<string, Map<string, Edge<T>>>()
  for (const edge of edges) {
    const leaving = graph.get(edge.from) ?? new Map<string, Edge<T>>()
    graph.set(edge.from, leaving)
    if (!leaving.has(edge.to)) leaving.set(edge.to, edge)
  }
  return graph
}

/** From a node to itself, breadth first. */
function wayBack<T>(graph: Graph<T>, node: string): readonly Edge<T>[] | undefined {
  const ways = new Map<string, readonly Edge<T>[]>([[node, []]])
  for (const [at, way] of ways) {
    for (const edge of graph.get(at)?.values() ?? []) {
      if (edge.to === node) return [...way, edge]
      if (!ways.has(edge.to)) ways.set(edge.to, [...way, edge])
    }
  }
  return undefined
}
