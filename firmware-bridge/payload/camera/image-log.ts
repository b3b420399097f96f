/**
 * Which images a camera has reported, and which reports are missing. Indices are zero-based and rise by one
 * (CAMERA_IMAGE_CAPTURED); the count in CAMERA_CAPTURE_STATUS tells of images whose report was lost. What was taken
 * before we came is not asked for. Pure.
 */
export interface ImageLog {
  /** The first index that counts for us; null: neither image nor count was heard yet. */
  readonly next: number | null;
  readonly missing: readonly number[];
  /** Newest reported ones, so that a repeated report is told from a new image. */
  readonly reported: readonly number[];
}

export interface ImageNews {
  readonly log: ImageLog;
  /** False: heard before. */
  readonly isNew: boolean;
}

export const NEW_IMAGE_LOG: ImageLog = { next: null, missing: [], reported: [] };

const MAX_REPORTED = 256;
/** More missing ones than this are no loss on the way: the log begins anew, and the images count as unreported. */
export const MAX_MISSING = 32;

/** A report of image `index`. */
export function imageReported(log: ImageLog, index: number): ImageNews {
  if (log.reported.includes(index)) return { log, isNew: false };
  const reported = [...log.reported, index].slice(-MAX_REPORTED);
  const missing = log.missing.filter((other) => other !== index);
  if (log.next === null) return { log: { next: index + 1, missing, reported }, isNew: true };
  // An old image that nobody misses: another station asked for it, or the camera began to count anew.
  if (index < log.next && missing.length === log.missing.length) {
    return index + MAX_REPORTED < log.next || index === 0
      ? { log: { next: index + 1, missing: [], reported: [index] }, isNew: true }
      : { log: { ...log, reported }, isNew: true };
  }
  if (index < log.next) return { log: { ...log, missing, reported }, isNew: true };
  return { log: { next: index + 1, missing: [...missing, ...gap(log.next, index)], reported }, isNew: true };
}

/** The camera says that it has taken `count` images. */
export function imagesCounted(log: ImageLog, count: number): ImageLog {
  if (log.next === null) return { ...log, next: count };
  // One less is a status from before the newest report; fewer: it counts anew (storage exchanged).
  if (count < log.next - 1) return { next: count, missing: [], reported: [] };
  if (count <= log.next) return log;
  return { ...log, next: count, missing: [...log.missing, ...gap(log.next, count)].slice(-MAX_MISSING) };
}

export function givenUp(log: ImageLog, index: number): ImageLog {
  return { ...log, missing: log.missing.filter((other) => other !== index) };
}

function gap(from: number, to: number): readonly number[] {
  const indices: number[] = [];
  for (let index = Math.max(from, to - MAX_MISSING); index < to; index++) indices.push(index);
  return indices;
}
