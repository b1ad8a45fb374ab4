type Nodes = Readonly<Record<string, { readonly after?: readonly string[] }>>;

/**
 * The names of the nodes in an order in which each comes after those that it waits for, or a cycle
 * of nodes that wait for each other. Names in `after` that are no nodes are passed over.
 */
export function orderNodes(nodes: Nodes): {
  readonly order: readonly string[];
  readonly cycle?: readonly string[];
} {
  const waitsFor = new Map<string, number>();
  const next = new Map<string, string[]>();
  for (const [name, { after = [] }] of Object.entries(nodes)) {
    const known = [...new Set(after)].filter((earlier) => Object.hasOwn(nodes, earlier));
    waitsFor.set(name, known.length);
    for (const earlier of known) {
      const later = next.get(earlier);
      if (later) later.push(name);
      else next.set(earlier, [name]);
    }
  }
  const order = [...waitsFor].filter(([, count]) => count === 0).map(([name]) => name);
  for (const name of order) {
    for (const later of next.get(name) ?? []) {
      const left = (waitsFor.get(later) ?? 0) - 1;
      waitsFor.set(later, left);
      if (left === 0) order.push(later);
    }
  }
  if (order.length === waitsFor.size) return { order };
  return { order, cycle: cycleAmong(nodes, new Set(order)) };
}

/** Walks back from a node that was never free until one comes again. */
function cycleAmong(nodes: Nodes, free: ReadonlySet<string>): string[] {
  const path: string[] = [];
  let name = Object.keys(nodes).find((one) => !free.has(one));
  while (name !== undefined && !path.includes(name)) {
    path.unshift(name);
    name = nodes[name]?.after?.find(
      (earlier) => Object.hasOwn(nodes, earlier) && !free.has(earlier),
    );
  }
  return name === undefined ? path : [name, ...path.slice(0, path.indexOf(name) + 1)];
}
