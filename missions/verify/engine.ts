import loadClipper from 'clipper2-wasm';
import type { MainModule, Paths64 } from 'clipper2-wasm/dist/clipper2z.d.ts';

/** Flat coordinates in whole millimetres: x0, y0, x1, y1, … */
export type FlatPath = readonly number[];

/** Circles are replaced by polygons that lie at most this far inside them. */
const ARC_TOLERANCE_MM = 4;

let loading: Promise<MainModule> | undefined;

/**
 * The verifier's geometry: Angus Johnson's C++ Clipper2, compiled to WebAssembly. The planner clips with a
 * TypeScript port, so an error of either shows as a difference. Objects live in WebAssembly memory and are freed by
 * `close`; one engine serves one verification.
 */
export class VerifierEngine {
  private readonly clipper: MainModule;
  private readonly owned: { delete(): void }[] = [];

  private constructor(clipper: MainModule) {
    this.clipper = clipper;
  }

  /** The module is loaded once per process (about 20 ms). */
  static async open(): Promise<VerifierEngine> {
    loading ??= loadClipper();
    return new VerifierEngine(await loading);
  }

  close(): void {
    for (const object of this.owned.splice(0)) object.delete();
  }

  paths(list: readonly FlatPath[]): Paths64 {
    const paths = this.own(new this.clipper.Paths64());
    for (const flat of list) {
      const path = this.clipper.MakePath64([...flat]);
      paths.push_back(path);
      path.delete();
    }
    return paths;
  }

  /** A polygon with holes in any winding; self-crossings fill by non-zero winding. */
  polygon(outer: FlatPath, holes: readonly FlatPath[]): Paths64 {
    const { FillRule } = this.clipper;
    const filled = this.own(this.clipper.UnionSelf64(this.paths([outer]), FillRule.NonZero));
    if (holes.length === 0) return filled;
    const cut = this.own(this.clipper.UnionSelf64(this.paths(holes), FillRule.NonZero));
    return this.own(this.clipper.Difference64(filled, cut, FillRule.NonZero));
  }

  union(a: Paths64, b: Paths64): Paths64 {
    return this.own(this.clipper.Union64(a, b, this.clipper.FillRule.NonZero));
  }

  intersection(a: Paths64, b: Paths64): Paths64 {
    return this.own(this.clipper.Intersect64(a, b, this.clipper.FillRule.NonZero));
  }

  /** Everything within `radiusMm` of any of the lines (two points each; equal points are a disc). */
  buffer(lines: readonly FlatPath[], radiusMm: number): Paths64 {
    const { FillRule, JoinType, EndType } = this.clipper;
    // Clipper drops lines without length, so a point becomes a line of one millimetre.
    const drawn = lines.map((l) =>
      l[0] === l[2] && l[1] === l[3] ? [l[0] ?? 0, l[1] ?? 0, (l[0] ?? 0) + 1, l[1] ?? 0] : l,
    );
    const grown = this.own(
      this.clipper.InflatePaths64(
        this.paths(drawn),
        radiusMm,
        JoinType.Round,
        EndType.Round,
        2,
        ARC_TOLERANCE_MM,
      ),
    );
    return this.own(this.clipper.UnionSelf64(grown, FillRule.NonZero));
  }

  /** A region grown by `byMm`, or shrunk when it is negative; corners round. */
  offset(region: Paths64, byMm: number): Paths64 {
    const { JoinType, EndType } = this.clipper;
    const tolerance = Math.max(1, Math.min(ARC_TOLERANCE_MM, Math.abs(byMm) / 20));
    return this.own(this.clipper.InflatePaths64(region, byMm, JoinType.Round, EndType.Polygon, 2, tolerance));
  }

  /** The pieces of lines that lie outside a region grown by `slackMm`. */
  linesOutside(lines: readonly FlatPath[], region: Paths64, slackMm: number): FlatPath[] {
    const { ClipType, FillRule, JoinType, EndType } = this.clipper;
    const grown = this.own(
      this.clipper.InflatePaths64(
        region,
        slackMm,
        JoinType.Round,
        EndType.Polygon,
        2,
        Math.max(1, slackMm / 20),
      ),
    );
    const clipper = this.own(new this.clipper.Clipper64());
    clipper.AddOpenSubject(this.paths(lines));
    clipper.AddClip(grown);
    const closed = this.own(new this.clipper.Paths64());
    const open = this.own(new this.clipper.Paths64());
    clipper.ExecutePath(ClipType.Difference, FillRule.NonZero, closed, open);
    return this.flatten(open);
  }

  areaM2(paths: Paths64): number {
    return this.clipper.AreaPaths64(paths) / 1e6;
  }

  flatten(paths: Paths64): number[][] {
    const out: number[][] = [];
    for (let i = 0; i < paths.size(); i++) {
      const path = paths.get(i);
      const flat: number[] = [];
      for (let k = 0; k < path.size(); k++) {
        const point = path.get(k);
        flat.push(Number(point.x), Number(point.y));
        point.delete();
      }
      path.delete();
      out.push(flat);
    }
    return out;
  }

  private own<T extends { delete(): void }>(object: T): T {
    this.owned.push(object);
    return object;
  }
}
