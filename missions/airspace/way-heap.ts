/**
 * A queue of edges about to be used, least estimate first, for A*. Parallel arrays: a query pushes thousands of
 * entries, and one object for each would cost more than the search.
 */
export class WayHeap {
  /** The entry last popped. */
  cost = 0;
  node = 0;
  parent = 0;
  link = 0;
  private readonly estimates: number[] = [];
  private readonly costs: number[] = [];
  private readonly nodes: number[] = [];
  private readonly parents: number[] = [];
  private readonly linkOf: number[] = [];
  /** Heap of entry numbers. */
  private readonly order: number[] = [];

  /** `estimate`: least length of a whole way over this edge; `cost`: way so far; `link`: which edge of `parent`. */
  push(estimate: number, cost: number, node: number, parent: number, link: number): void {
    const entry = this.estimates.length;
    this.estimates.push(estimate);
    this.costs.push(cost);
    this.nodes.push(node);
    this.parents.push(parent);
    this.linkOf.push(link);
    const order = this.order;
    let at = order.length;
    order.push(entry);
    while (at > 0) {
      const up = (at - 1) >> 1;
      if ((this.estimates[order[up] as number] as number) <= estimate) break;
      order[at] = order[up] as number;
      at = up;
    }
    order[at] = entry;
  }

  /** Takes the entry with the least estimate into the fields; false when there is none. */
  pop(): boolean {
    const order = this.order;
    const top = order[0];
    const last = order.pop();
    if (top === undefined || last === undefined) return false;
    this.cost = this.costs[top] as number;
    this.node = this.nodes[top] as number;
    this.parent = this.parents[top] as number;
    this.link = this.linkOf[top] as number;
    const size = order.length;
    if (size === 0) return true;
    const estimate = this.estimates[last] as number;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down >= size) break;
      const right = down + 1;
      if (
        right < size &&
        (this.estimates[order[right] as number] as number) < (this.estimates[order[down] as number] as number)
      ) {
        down = right;
      }
      if ((this.estimates[order[down] as number] as number) >= estimate) break;
      order[at] = order[down] as number;
      at = down;
    }
    order[at] = last;
    return true;
  }
}
