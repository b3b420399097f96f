import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Px4Vehicle } from './px4-vehicle.ts';
import { parameterBytes, type Replay, replayCapture, type Said } from './testing/replay-capture.ts';

/**
 * Three conversations with a real PX4 v1.17.0 (fixtures/README.md), said once more to the simulated one at the same
 * times: what it answers, says, tells as events and reports has to be the same, in the same order. What is not the same
 * stands here with its reason.
 */
const path = (name: string): string => join(import.meta.dirname, 'fixtures', `${name}.tlog`);

/** The log of the flight is a service's (logger); the gripper is none of ours. */
const isLogger = (line: string): boolean => line.startsWith('[logger]') || line.startsWith('1125bef');
const isGripper = (line: string): boolean => line.startsWith('211:');

function both(replay: Replay, of: keyof Omit<Said, 'messages'>): readonly (readonly unknown[])[] {
  return [replay.real, replay.ours].map((side) => [...side[of]].filter((line) => !isLogger(String(line))));
}

describe('on the ground: refusals, modes, arming, take-off', () => {
  let replay: Replay;
  beforeAll(() => {
    replay = replayCapture(path('px4-on-the-ground'), { startupS: 12.2 });
  });

  it.each(['acks', 'texts', 'events', 'modes', 'missions', 'landed', 'prearm'] as const)('%s', (of) => {
    const [real, ours] = both(replay, of);
    expect(real?.length).toBeGreaterThan(2);
    expect(ours).toEqual(real);
  });
});

describe('a flight: commands, missions that cannot be flown, hold, resume, goto, orbit, return', () => {
  let replay: Replay;
  beforeAll(() => {
    replay = replayCapture(path('px4-flight'), { startupS: 5.6 });
  });

  it('answers every command alike, but that a real board restarts on 246 where SITL cannot', () => {
    const [real, ours] = both(replay, 'acks').map((acks) => acks.filter((ack) => !isGripper(String(ack))));
    expect(real?.length).toBeGreaterThan(50);
    expect(real?.at(-1)).toBe('246:2');
    expect(ours?.at(-1)).toBe('246:0');
    expect(ours?.slice(0, -1)).toEqual(real?.slice(0, -1));
  });

  it.each(['texts', 'events', 'modes', 'missionAcks', 'missions', 'landed', 'prearm'] as const)(
    '%s',
    (of) => {
      const [real, ours] = both(replay, of);
      expect(real?.length).toBeGreaterThan(1);
      // What follows is the restart.
      expect(ours?.slice(0, real?.length)).toEqual(real);
    },
  );
});

describe('failsafes: fence, ground station lost, OFFBOARD lost, battery', () => {
  let replay: Replay;
  beforeAll(() => {
    replay = replayCapture(path('px4-failsafes'), {
      startupS: 7.4,
      parameters: { NAV_DLL_ACT: 2, COM_LOW_BAT_ACT: 3, SDLOG_MODE: -1 },
      during: drain,
    });
  });

  it.each(['acks', 'missionAcks', 'missions', 'landed', 'prearm'] as const)('%s', (of) => {
    const [real, ours] = both(replay, of);
    expect(ours).toEqual(real);
  });

  it('the same events, but "does not support shutdown", which a simulated board does not need', () => {
    const [real, ours] = both(replay, 'events');
    expect(ours).toEqual(real?.filter((event) => !String(event).startsWith('159387d')));
  });

  it('the same texts; the real one keeps what it has to say while no ground station is there, and loses some', () => {
    const [real, ours] = both(replay, 'texts');
    const lost = ['Connection to ground station lost', 'Failsafe activated: entering Hold for 5 seconds'];
    const kept = [...(ours ?? [])];
    for (const text of lost) kept.splice(kept.indexOf(text), 1);
    const foreign = ['Preflight Fail: No connection to the GCS', 'System does not support shutdown'];
    expect(kept).toEqual(real?.filter((text) => !foreign.includes(String(text))));
  });

  it('the same modes', () => {
    const [real, ours] = both(replay, 'modes');
    // Armed half a second before the take-off: the real one's heartbeat came before and after that.
    expect(ours?.filter((mode, index) => !(index === 1 && mode === '4.3*'))).toEqual(real);
  });

  it('the same parameters, bit by bit, and the same checksum over them; one is learned by the filter', () => {
    const real = parameterBytes(replay.real.messages);
    const ours = parameterBytes(replay.ours.messages);
    expect(ours.size).toBeGreaterThan(880);
    const different = [...real].filter(([name, bytes]) => ours.get(name) !== bytes).map(([name]) => name);
    expect(real.has('_HASH_CHECK')).toBe(true);
    expect(different).toEqual(['CAL_BARO0_OFF']);
  });
});

/** The battery of the captured one was drained by parameters of its simulation. */
function drain(vehicle: Px4Vehicle, atS: number): void {
  for (const [when, remainingPct] of [
    [79.6, 14],
    [80.74, 6],
    [82.9, 4],
  ] as const) {
    if (atS < when && atS + 0.04 >= when) vehicle.inject({ kind: 'battery', remainingPct });
  }
}
