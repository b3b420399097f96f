/**
 * Which bytes of a file are there already: sorted, disjoint, half-open ranges. Immutable; a chunk that arrives in
 * order only lengthens the last range.
 */
export type Range = readonly [start: number, end: number];
export type Ranges = readonly Range[];

export function addRange(ranges: Ranges, start: number, end: number): Ranges {
  if (end <= start) return ranges;
  // First range that ends at or behind our start: everything before stays.
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle] as Range)[1] < start) low = middle + 1;
    else high = middle;
  }
  let to = low;
  let [from, until] = [start, end];
  for (let next = ranges[to]; next !== undefined && next[0] <= until; next = ranges[to]) {
    from = Math.min(from, next[0]);
    until = Math.max(until, next[1]);
    to++;
  }
  if (to === low + 1 && from === ranges[low]?.[0] && until === ranges[low]?.[1]) return ranges;
  return [...ranges.slice(0, low), [from, until], ...ranges.slice(to)];
}

/** What is missing of 0 … `end`. */
export function missingRanges(ranges: Ranges, end: number): Ranges {
  const missing: Range[] = [];
  let at = 0;
  for (const [start, until] of ranges) {
    if (start >= end) break;
    if (start > at) missing.push([at, start]);
    at = Math.max(at, until);
  }
  if (at < end) missing.push([at, end]);
  return missing;
}

/** Bytes that are there. */
export function coveredBytes(ranges: Ranges): number {
  let bytes = 0;
  for (const [start, end] of ranges) bytes += end - start;
  return bytes;
}

/** How far it is whole from the beginning. */
export function wholeUntil(ranges: Ranges): number {
  const first = ranges[0];
  return first !== undefined && first[0] === 0 ? first[1] : 0;
}

export function highestEnd(ranges: Ranges): number {
  return ranges.at(-1)?.[1] ?? 0;
}

/** The ranges with everything from `end` on taken away. */
export function cutRanges(ranges: Ranges, end: number): Ranges {
  return ranges
    .filter(([start]) => start < end)
    .map(([start, until]): Range => [start, Math.min(until, end)]);
}

export function withoutRange(ranges: Ranges, start: number, end: number): Ranges {
  const left: Range[] = [];
  for (const [from, until] of ranges) {
    if (from < Math.min(until, start)) left.push([from, Math.min(until, start)]);
    if (until > Math.max(from, end)) left.push([Math.max(from, end), until]);
  }
  return left;
}
