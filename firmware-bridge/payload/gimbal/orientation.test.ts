import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eulerOf, quaternionOf, turnBetween, wrap180, wrap360, yawFrameOf } from './orientation.ts';

/** Quaternions as ArduCopter 4.7-dev SITL sent them (servo gimbal, aircraft level, nose to 90°) after the command beside. */
const MEASURED = [
  {
    q: [0.9537317752838135, -0.00002004615635087248, -0.3006587624549866, -0.000006319442036328837],
    pitchDeg: -35,
    yawDeg: 0,
  },
  {
    q: [0.8924291729927063, 0.09841674566268921, -0.3699221909046173, 0.23883414268493652],
    pitchDeg: -45,
    yawDeg: 30,
  },
  {
    q: [0.949970006942749, 0.04505232349038124, -0.1678374856710434, 0.25953394174575806],
    pitchDeg: -20,
    yawDeg: 30.5,
  },
  {
    q: [0.7071065306663513, -0.0005597397685050964, -0.7071065306663513, -0.0005597397685050964],
    pitchDeg: -90,
    yawDeg: 0,
  },
  { q: [1, 0, 0, 0], pitchDeg: 0, yawDeg: 0 },
  {
    q: [0.7098900079727173, -0.00004777280264534056, -0.0006554959109053016, -0.7043122053146362],
    pitchDeg: 0,
    yawDeg: -89.5,
  },
];

test.each(MEASURED)('a real quaternion: pitch $pitchDeg°, yaw $yawDeg°', ({ q, pitchDeg, yawDeg }) => {
  const euler = eulerOf(q);
  expect(euler?.pitchDeg).toBeCloseTo(pitchDeg, 0);
  expect(Math.abs((euler?.yawDeg ?? 999) - yawDeg)).toBeLessThan(0.6);
});

/** By hand: half angles of 60° and 90°. */
const BY_HAND = [
  { q: [Math.SQRT1_2, 0, 0, Math.SQRT1_2], rollDeg: 0, pitchDeg: 0, yawDeg: 90 },
  { q: [Math.SQRT1_2, 0, 0, -Math.SQRT1_2], rollDeg: 0, pitchDeg: 0, yawDeg: -90 },
  { q: [Math.sqrt(3) / 2, 0, -0.5, 0], rollDeg: 0, pitchDeg: -60, yawDeg: 0 },
  { q: [Math.sqrt(3) / 2, 0.5, 0, 0], rollDeg: 60, pitchDeg: 0, yawDeg: 0 },
  { q: [0, 0, 0, 1], rollDeg: 0, pitchDeg: 0, yawDeg: 180 },
  { q: [2, 0, 0, 2], rollDeg: 0, pitchDeg: 0, yawDeg: 90 },
  // Pitch −90°, yaw 90°: the axes of yaw and roll coincide, all is told as yaw.
  { q: [0.5, 0.5, -0.5, 0.5], rollDeg: 0, pitchDeg: -90, yawDeg: 90 },
];

test.each(BY_HAND)(
  '$q is roll $rollDeg°, pitch $pitchDeg°, yaw $yawDeg°',
  ({ q, rollDeg, pitchDeg, yawDeg }) => {
    const euler = eulerOf(q);
    expect(euler?.rollDeg).toBeCloseTo(rollDeg, 6);
    expect(euler?.pitchDeg).toBeCloseTo(pitchDeg, 4);
    expect(euler?.yawDeg).toBeCloseTo(yawDeg, 6);
  },
);

test.each([[[0, 0, 0, 0]], [[Number.NaN, 0, 0, 0]], [[]], [[Number.POSITIVE_INFINITY, 0, 0, 1]]])(
  '%j is no orientation',
  (q) => {
    expect(eulerOf(q)).toBeNull();
  },
);

test('there and back: any angles short of the vertical, any sign and length of the quaternion', () => {
  const angle = (max: number) => fc.double({ min: -max, max, noNaN: true });
  fc.assert(
    fc.property(
      angle(179),
      angle(89),
      angle(179),
      fc.constantFrom(-3, -1, 0.5, 1),
      (rollDeg, pitchDeg, yawDeg, scale) => {
        const euler = eulerOf(quaternionOf({ rollDeg, pitchDeg, yawDeg }).map((part) => part * scale));
        expect(euler?.rollDeg).toBeCloseTo(rollDeg, 5);
        expect(euler?.pitchDeg).toBeCloseTo(pitchDeg, 5);
        expect(euler?.yawDeg).toBeCloseTo(yawDeg, 5);
      },
    ),
  );
});

test('straight down keeps the yaw', () => {
  for (const yawDeg of [-170, -30, 0, 45, 170]) {
    const euler = eulerOf(quaternionOf({ rollDeg: 0, pitchDeg: -90, yawDeg }));
    expect(euler?.pitchDeg).toBeCloseTo(-90, 4);
    expect(euler?.yawDeg).toBeCloseTo(yawDeg, 4);
  }
});

test.each([
  // ArduPilot with its yaw locked to north still tells the yaw from the nose.
  [4 | 8 | 16 | 32, 'vehicle'],
  [4 | 8 | 32, 'vehicle'],
  [4 | 8 | 16 | 64, 'north'],
  [4 | 8 | 64, 'north'],
  // Older gimbals set neither.
  [4 | 8 | 16, 'north'],
  [4 | 8, 'vehicle'],
])('flags %i: yaw is told in the %s frame', (flags, frame) => {
  expect(yawFrameOf(flags)).toBe(frame);
});

test('directions wrap', () => {
  expect([wrap180(181), wrap180(-181), wrap180(540), wrap180(180), wrap180(-180)]).toEqual([
    -179, 179, 180, 180, 180,
  ]);
  expect([wrap360(-90), wrap360(720)]).toEqual([270, 0]);
  expect(turnBetween(179, -179)).toBe(2);
});
