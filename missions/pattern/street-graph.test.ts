import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PointMm } from '../geo/frame.ts';
import { distanceToSegmentMm } from '../geo/measure.ts';
import { seededRandom } from '../geo/random.ts';
import { buildStreetGraph, type StreetGraph, type StreetLine } from './street-graph.ts';

const street = (streetId: string, ...metres: readonly (readonly [number, number])[]): StreetLine => ({
  streetId,
  points: metres.map(([x, y]) => ({ x: Math.round(x * 1000), y: Math.round(y * 1000) })),
  isChosen: true,
});
const SNAP = { snapMm: 2000, mergeParallelMm: null };

const degrees = (graph: StreetGraph): number[] => {
  const out = graph.nodes.map(() => 0);
  for (const { from, to } of graph.edges) {
    out[from] = (out[from] ?? 0) + 1;
    out[to] = (out[to] ?? 0) + 1;
  }
  return out.filter((d) => d > 0).sort((a, b) => a - b);
};

describe('the street graph', () => {
  it('cuts streets where they cross without a common point', () => {
    const graph = buildStreetGraph([street('a', [0, 0], [100, 0]), street('b', [50, -50], [50, 50])], SNAP);
    expect(graph.edges).toHaveLength(4);
    expect(degrees(graph)).toEqual([1, 1, 1, 1, 4]);
  });

  it.each([
    ['falls short of', 1.5],
    ['meets', 0],
    ['passes', -1.5],
  ])('joins a street whose end %s another', (_, gap) => {
    const graph = buildStreetGraph([street('a', [0, 0], [100, 0]), street('b', [50, gap], [50, 80])], SNAP);
    expect(graph.edges).toHaveLength(3);
    expect(degrees(graph)).toEqual([1, 1, 1, 3]);
  });

  it('leaves apart what is farther than the tolerance', () => {
    const graph = buildStreetGraph([street('a', [0, 0], [100, 0]), street('b', [50, 3], [50, 80])], SNAP);
    expect(graph.edges).toHaveLength(2);
  });

  it('joins ends that almost meet, and bends without a node', () => {
    const graph = buildStreetGraph(
      [
        street('a', [0, 0], [50, 10], [100, 0]),
        street('b', [101, 0], [200, 0]),
        street('c', [100, 1], [100, 90]),
      ],
      SNAP,
    );
    expect(graph.edges).toHaveLength(3);
    expect(degrees(graph)).toEqual([1, 1, 1, 3]);
  });

  it('keeps a street once that was drawn twice, with both names, also over part of its length', () => {
    const graph = buildStreetGraph(
      [street('a', [0, 0], [100, 0]), street('b', [40, 0.5], [140, 0.5]), street('c', [100, 0], [0, 0])],
      SNAP,
    );
    const total = graph.edges.reduce((sum, edge) => sum + edge.lengthMm, 0) / 1000;
    expect(total).toBeCloseTo(140, 0);
    expect(graph.edges.map((edge) => edge.streetIds.length).sort()).toEqual([1, 2, 3]);
  });

  it('keeps two ways round between the same crossings, a loop and a ring', () => {
    const graph = buildStreetGraph(
      [
        street('upper', [0, 0], [50, 30], [100, 0]),
        street('lower', [0, 0], [50, -30], [100, 0]),
        street('ring', [300, 0], [400, 0], [400, 100], [300, 100], [300, 0]),
      ],
      SNAP,
    );
    expect(graph.edges).toHaveLength(3);
    expect(degrees(graph)).toEqual([2, 2, 2]);
  });

  it('flies one of two carriageways when told, but never drops the link between them', () => {
    const lines = [
      street('east', [0, 0], [500, 0]),
      street('west', [500, 15], [0, 15]),
      street('link', [250, 0], [250, 15]),
      street('side', [250, 15], [250, 200]),
    ];
    const graph = buildStreetGraph(lines, { snapMm: 1000, mergeParallelMm: 20_000 });
    const names = (edges: StreetGraph['edges']): string[] =>
      [...new Set(edges.flatMap((edge) => edge.streetIds))].sort();
    expect(names(graph.merged)).toHaveLength(1);
    expect(names(graph.edges)).toContain('link');
    expect(names(graph.edges)).toContain('side');
    const both = buildStreetGraph(lines, { snapMm: 1000, mergeParallelMm: null });
    expect(names(both.edges)).toEqual(['east', 'link', 'side', 'west']);
  });

  it('of three side by side keeps one within the distance of each that is left out', () => {
    const lines = [0, 15, 30].map((y) => street(`s${y}`, [0, y], [400, y]));
    const { edges, merged } = buildStreetGraph(lines, { snapMm: 1000, mergeParallelMm: 20_000 });
    for (const gone of merged) {
      for (const p of gone.points) {
        const near = edges.some(
          (edge) => distanceToSegmentMm(p, edge.points[0] as PointMm, edge.points[1] as PointMm) <= 20_000,
        );
        expect(near).toBe(true);
      }
    }
    expect(merged.length).toBeGreaterThan(0);
  });

  it('loses nothing and makes up nothing on random lines: each is near an edge, each edge near a line', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 25 }), (seed, count) => {
        const random = seededRandom(seed);
        const lines = Array.from({ length: count }, (_, k) => {
          const corners = 2 + Math.floor(random() * 4);
          return street(
            `s${k}`,
            ...Array.from(
              { length: corners },
              () => [Math.round(random() * 300), Math.round(random() * 300)] as const,
            ),
          );
        });
        const graph = buildStreetGraph(lines, SNAP);
        const near = (p: PointMm, tracks: readonly (readonly PointMm[])[], mm: number): boolean =>
          tracks.some((track) =>
            track.slice(1).some((b, i) => distanceToSegmentMm(p, track[i] as PointMm, b) <= mm),
          );
        const probes = (track: readonly PointMm[]): PointMm[] =>
          track.slice(1).flatMap((b, i) => {
            const a = track[i] as PointMm;
            return Array.from({ length: 8 }, (_, k) => ({
              x: a.x + ((b.x - a.x) * k) / 8,
              y: a.y + ((b.y - a.y) * k) / 8,
            }));
          });
        const edges = graph.edges.map((edge) => edge.points);
        const tracks = lines.map((line) => line.points);
        // Nodes stand in the middle of what was snapped; chains of ends can add up to a few tolerances.
        const lost = tracks.flatMap(probes).filter((p) => !near(p, edges, 4 * SNAP.snapMm));
        const madeUp = edges.flatMap(probes).filter((p) => !near(p, tracks, 4 * SNAP.snapMm));
        expect([lost, madeUp]).toEqual([[], []]);
        for (const { from, to, points } of graph.edges) {
          expect(points[0]).toEqual(graph.nodes[from]);
          expect(points.at(-1)).toEqual(graph.nodes[to]);
        }
      }),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 25) },
    );
  }, 120_000);

  it('keeps a street shorter than the tolerance that meets no other, and not the stub that meets one', () => {
    const lone = buildStreetGraph([street('yard', [0, 0], [1, 0])], SNAP);
    expect(lone.edges).toHaveLength(1);
    const stub = buildStreetGraph([street('yard', [0, 0], [1, 0]), street('long', [0, 0], [0, 90])], SNAP);
    expect(stub.edges.map((edge) => edge.streetIds)).toEqual([['long']]);
  });

  it('has nothing for nothing', () => {
    expect(buildStreetGraph([], SNAP)).toEqual({ nodes: [], edges: [], merged: [] });
  });
});
