import type { Travel } from './travel.ts';

/**
 * The rotations of all crews as numbers, in the form that the search works on.
 *
 * Time is cut into frames of equal length; a cell of depth h is visited in every 2^h-th frame, so the heaviest
 * (depth 0) in every one. A crew has `groups` slots in each frame and starts them at equal spacing; slot g of frame f
 * is one sortie. The sorties of one group share their beginning: first the cells of depth 0, then those of depth 1
 * (one set in even, one in odd frames), and so on:
 *
 * ```
 *            frame 0        frame 1        frame 2        frame 3
 * depth 0    ─────────────── every frame: A B C ───────────────
 * depth 1    D E            F G            D E            F G
 * depth 2    H I J          K L            M N            O P Q
 * ```
 *
 * So a cell that is visited often is reached at the same time after every start, whatever follows it, and its visits
 * are equally spaced to the second (harmonic slots; the argument is that of pinwheel schedules whose periods divide
 * each other: they fit whenever their density is at most one).
 */
export interface Rotation {
  readonly travel: Travel;
  /** Frames of a cycle: a power of two. Nodes of a group: 2·frames − 1. */
  readonly frames: number;
  readonly levels: number;
  readonly cells: CellTable;
  readonly crews: readonly CrewNumbers[];
  /** Crew of each group. */
  readonly crewOfGroup: number[];
  /** Nodes, group by group: node 2^h − 1 + m of a group is visited in frames f ≡ m (mod 2^h). */
  readonly segments: number[][];
  /** Node of each cell, -1 while it has none, and its place there. */
  readonly nodeOf: Int32Array;
  readonly placeOf: Int32Array;
}

export interface CellTable {
  readonly count: number;
  /** Places (indices of `travel`) where a visit begins and ends, by code: 2·cell, plus 1 for the other direction. */
  readonly begin: Int32Array;
  readonly finish: Int32Array;
  readonly serviceM: Float64Array;
  readonly dwellS: Float64Array;
  readonly depth: Uint8Array;
  /** Near cells, nearest first: where a cell may be moved to. */
  readonly near: readonly Int32Array[];
}

export interface CrewNumbers {
  readonly basePlace: number;
  readonly speedMps: number;
  readonly enduranceS: number;
  /** Launch and landing. */
  readonly verticalS: number;
  /** Seconds on the ground for each second in the air. */
  readonly groundPerAir: number;
  readonly turnaroundS: number;
  readonly drones: number;
  groups: number;
}

export function nodesPerGroup(rotation: Rotation): number {
  return 2 * rotation.frames - 1;
}

export function nodeIndex(rotation: Rotation, group: number, depth: number, residue: number): number {
  return group * nodesPerGroup(rotation) + (1 << depth) - 1 + residue;
}

/** Depth and residue of a node. */
export function nodeParts(
  rotation: Rotation,
  node: number,
): { group: number; depth: number; residue: number } {
  const perGroup = nodesPerGroup(rotation);
  const group = Math.floor(node / perGroup);
  const inGroup = node - group * perGroup + 1;
  const depth = 31 - Math.clz32(inGroup);
  return { group, depth, residue: inGroup - (1 << depth) };
}

/** Codes of one sortie in flying order. */
export function sortieCodes(rotation: Rotation, group: number, frame: number): number[] {
  const codes: number[] = [];
  for (let depth = 0; depth < rotation.levels; depth++) {
    const node = nodeIndex(rotation, group, depth, frame & ((1 << depth) - 1));
    for (const code of rotation.segments[node] as number[]) codes.push(code);
  }
  return codes;
}

/** Time in the air of one sortie, seconds; 0 for one without cells: it is not flown. */
export function sortieAirS(rotation: Rotation, group: number, frame: number): number {
  const { travel, cells, segments, levels } = rotation;
  const crew = rotation.crews[rotation.crewOfGroup[group] as number] as CrewNumbers;
  let at = crew.basePlace;
  let metres = 0;
  let seconds = 0;
  let any = false;
  const first = group * nodesPerGroup(rotation) - 1;
  for (let depth = 0; depth < levels; depth++) {
    const width = 1 << depth;
    const segment = segments[first + width + (frame & (width - 1))] as number[];
    for (let i = 0; i < segment.length; i++) {
      const code = segment[i] as number;
      metres += travel.metres(at, cells.begin[code] as number) + (cells.serviceM[code >> 1] as number);
      seconds += cells.dwellS[code >> 1] as number;
      at = cells.finish[code] as number;
      any = true;
    }
  }
  if (!any) return 0;
  return (metres + travel.metres(at, crew.basePlace)) / crew.speedMps + seconds + crew.verticalS;
}

/** From the start of a sortie until its drone can start again, seconds; 0 when nothing is flown. */
export function slotS(crew: CrewNumbers, airS: number): number {
  return airS === 0 ? 0 : airS * (1 + crew.groundPerAir) + crew.turnaroundS;
}

/**
 * Starts of the groups in a frame and its length, seconds. Drones that share a rotation start at even spacing, a
 * longest slot's time over their number; a drone alone starts each sortie when it is ready for it, that is, after the
 * longest sortie that the group before has in any frame.
 */
export function frameTimes(
  rotation: Rotation,
  c: number,
): { readonly offsetsS: number[]; readonly frameS: number } {
  const crew = rotation.crews[c] as CrewNumbers;
  const longest: number[] = [];
  rotation.crewOfGroup.forEach((owner, group) => {
    if (owner !== c) return;
    let most = 0;
    for (let frame = 0; frame < rotation.frames; frame++) {
      most = Math.max(most, slotS(crew, sortieAirS(rotation, group, frame)));
    }
    longest.push(most);
  });
  const spacing = Math.max(0, ...longest) / crew.drones;
  let at = 0;
  const offsetsS = longest.map((own) => {
    const offset = at;
    at += crew.drones === 1 ? own : spacing;
    return offset;
  });
  return { offsetsS, frameS: at };
}

/** Length of each crew's whole rotation, and the longest of them, seconds. */
export function cyclesS(rotation: Rotation): { readonly byCrew: Float64Array; readonly worst: number } {
  const byCrew = Float64Array.from(
    rotation.crews,
    (_crew, c) => frameTimes(rotation, c).frameS * rotation.frames,
  );
  return { byCrew, worst: byCrew.reduce((a, b) => Math.max(a, b), 0) };
}

/** Writes down where the cells of a node are, after it was changed. */
export function indexNode(rotation: Rotation, node: number): void {
  const segment = rotation.segments[node] as number[];
  for (let i = 0; i < segment.length; i++) {
    const cell = (segment[i] as number) >> 1;
    rotation.nodeOf[cell] = node;
    rotation.placeOf[cell] = i;
  }
}

/** One more slot a frame for a crew, empty. */
export function addGroup(rotation: Rotation, crew: number): number {
  rotation.crewOfGroup.push(crew);
  (rotation.crews[crew] as CrewNumbers).groups++;
  for (let k = 0; k < nodesPerGroup(rotation); k++) rotation.segments.push([]);
  return rotation.crewOfGroup.length - 1;
}

/** An independent copy: the search works in place. */
export function copyRotation(rotation: Rotation): Rotation {
  return {
    ...rotation,
    crews: rotation.crews.map((crew) => ({ ...crew })),
    crewOfGroup: [...rotation.crewOfGroup],
    segments: rotation.segments.map((segment) => [...segment]),
    nodeOf: rotation.nodeOf.slice(),
    placeOf: rotation.placeOf.slice(),
  };
}
