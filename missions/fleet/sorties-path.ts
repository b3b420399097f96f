import { type LocalFrame, lonLatToMm } from '../geo/frame.ts';
import type { PathAction, PathPoint, PatternPath } from '../model.ts';
import type { LinePoint } from './split-line.ts';

/** What the cost of a path depends on, point by point. An action is counted as one mission item, whatever it is. */
export function linePoints(path: PatternPath, frame: LocalFrame): LinePoint[] {
  return path.points.map((p) => ({
    at: lonLatToMm(frame, p),
    heightM: p.heightM ?? path.heightM,
    dwellS: dwellOf(p.actions),
    speedMps: p.actions.findLast((a) => a.kind === 'speed')?.speedMps ?? null,
    items: 1 + p.actions.length,
  }));
}

export function dwellOf(actions: readonly PathAction[]): number {
  return actions.reduce((sum, action) => sum + (action.kind === 'dwell' ? action.seconds : 0), 0);
}

/** Actions that hold until told otherwise, by what they set. What is not here is over when it is done. */
const HOLDS: Readonly<Record<PathAction['kind'], string | null>> = {
  dwell: null,
  speed: 'speed',
  yaw: 'yaw',
  gimbal: 'camera',
  'look-at': 'camera',
  'look-ahead': 'camera',
  photo: null,
  'photo-distance': 'photo-distance',
  video: 'video',
  speak: null,
};

/**
 * What has to be set again when a path is resumed after waypoint `index` was done: the last setting of speed, heading,
 * camera, pictures by distance and video; switched-off ones are not repeated.
 */
export function settingsAfter(points: readonly PathPoint[], index: number): PathAction[] {
  const held = new Map<string, PathAction>();
  for (const point of points.slice(0, index + 1)) {
    for (const action of point.actions) {
      const key = HOLDS[action.kind];
      if (key !== null) held.set(key, action);
    }
  }
  return [...held.values()].filter(
    (action) =>
      !(action.kind === 'video' && !action.on) &&
      !(action.kind === 'photo-distance' && action.everyM === 0) &&
      action.kind !== 'look-ahead',
  );
}

/** Settings that run on by themselves and are ended before the way home. */
export function endingsOf(settings: readonly PathAction[]): PathAction[] {
  return settings.flatMap((action): PathAction[] => {
    if (action.kind === 'video') return [{ kind: 'video', on: false }];
    if (action.kind === 'photo-distance') return [{ kind: 'photo-distance', everyM: 0 }];
    return [];
  });
}
