/** Numbers 0 … n − 1 in groups that grow together; paths are halved on the way (Tarjan and van Leeuwen, 1984). */
export class UnionFind {
  private readonly parent: Int32Array;

  constructor(count: number) {
    this.parent = Int32Array.from({ length: count }, (_, i) => i);
  }

  /** The number that stands for the group of `i`. */
  root(i: number): number {
    const { parent } = this;
    let at = i;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at] as number] as number;
      at = parent[at] as number;
    }
    return at;
  }

  /** Puts the group of `i` into that of `into`. */
  join(i: number, into: number): void {
    this.parent[this.root(i)] = this.root(into);
  }
}
