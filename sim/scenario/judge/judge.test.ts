import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ApiFlight, ApiNotice } from '../api-types.ts';
import type { CollectedFlight } from '../collect-record.ts';
import { Ground } from '../geometry.ts';
import type { StepRecord } from '../run-log.ts';
import type { Scenario } from '../schema.ts';
import type { Box, Place } from '../schema-parts.ts';
import type { Step } from '../schema-steps.ts';
import type { TestAircraft } from '../test-fleet.ts';
import type { Track, TrackPoint } from '../track.ts';
import { coveredFraction, longestAbsenceS } from './coverage.ts';
import type { Evidence } from './evidence.ts';
import { judge, nameOf } from './judge.ts';

const HOME: Place = { eastM: 0, northM: 0 };

function aircraft(name: string, commands: TestAircraft['commands'] = () => null): TestAircraft {
  return { name, systemId: 1, home: HOME, truth: () => null, commands };
}

/** Flies along these places at `heightM`, a sample each second at `mps`. */
function flown(name: string, places: readonly Place[], heightM = 30, mps = 10, startS = 0): Track {
  const points: TrackPoint[] = [];
  const at = (place: Place, timeS: number, armed = true): TrackPoint => ({
    ...place,
    ...{ heightM: armed ? heightM : 0, armed, landed: !armed, mode: 'AUTO', batteryPct: 90, timeS },
  });
  let timeS = startS;
  for (const [index, to] of places.entries()) {
    const from = places[index - 1] ?? to;
    const lengthM = Math.hypot(to.eastM - from.eastM, to.northM - from.northM);
    for (let doneM = mps; doneM < lengthM; doneM += mps) {
      const share = doneM / lengthM;
      const eastM = from.eastM + share * (to.eastM - from.eastM);
      const northM = from.northM + share * (to.northM - from.northM);
      points.push(at({ eastM, northM }, timeS++));
    }
    points.push(at(to, timeS++));
  }
  const last = places.at(-1) ?? HOME;
  points.push(at(last, timeS, false));
  return { aircraft: aircraft(name), points, flights: [{ fromS: startS, toS: timeS }] };
}

/** Lanes over a box, `spacingM` apart. */
function lanes([westM, southM, eastM, northM]: Box, spacingM: number): readonly Place[] {
  const places: Place[] = [];
  let isEastward = true;
  for (let north = southM + spacingM / 2; north < northM + spacingM / 2; north += spacingM) {
    const row = [
      { eastM: westM, northM: north },
      { eastM: eastM, northM: north },
    ];
    places.push(...(isEastward ? row : row.reverse()));
    isEastward = !isEastward;
  }
  return places;
}

const SCENARIO: Scenario = {
  ...{ id: 'test', path: 'test.yaml', title: 'Test', description: 'Test', steps: [], expect: [] },
  fleet: [{ name: 'D-01', home: HOME }],
  cells: [{ id: 'c1', box: [0, 0, 100, 100] }],
  zones: [{ id: 'z1', box: [50, 0, 100, 100] }],
};

function evidence(parts: Partial<Evidence> = {}): Evidence {
  return {
    ...{ scenario: SCENARIO, ground: new Ground({}), tracks: [], steps: [], notices: [], flights: [] },
    ...{ patrols: new Map(), zonesDrawnS: new Map(), endS: 1000, consoleRateHz: 8 },
    ...parts,
  };
}

function played(step: Partial<StepRecord> & { readonly step: Step }): StepRecord {
  return {
    line: 1,
    startedS: 0,
    endedS: 0,
    startedWallMs: 0,
    endedWallMs: 0,
    answers: [],
    failure: null,
    ...step,
  };
}

/** At 30 m and 62° the swath is 36 m. */
const SWATH_M = 2 * 30 * Math.tan((31 * Math.PI) / 180);

describe('coverage by the true track', () => {
  it('is whole with lanes a swath apart, whatever the box', () => {
    const side = fc.integer({ min: 40, max: 400 });
    fc.assert(
      fc.property(side, side, fc.double({ min: 0.5, max: 0.98, noNaN: true }), (width, height, share) => {
        const box: Box = [10, 20, 10 + width, 20 + height];
        expect(coveredFraction(box, [flown('D-01', lanes(box, SWATH_M * share))])).toBe(1);
      }),
      { numRuns: 30 },
    );
  });

  it('is what the lanes leave open when they are twice as far apart', () => {
    const box: Box = [0, 0, 300, SWATH_M * 8];
    const half = coveredFraction(box, [flown('D-01', lanes(box, SWATH_M * 2))]);
    expect(half).toBeGreaterThan(0.47);
    expect(half).toBeLessThan(0.56);
  });

  it('counts nothing that is flown elsewhere, low, or disarmed', () => {
    const box: Box = [0, 0, 100, 100];
    const there = lanes(box, 20);
    const away = there.map(({ eastM, northM }) => ({ eastM: eastM + 1000, northM }));
    const disarmed = flown('D-01', there).points.map((point) => ({ ...point, armed: false }));
    expect(coveredFraction(box, [flown('D-01', away)])).toBe(0);
    expect(coveredFraction(box, [flown('D-01', there, 5)])).toBe(0);
    expect(coveredFraction(box, [{ aircraft: aircraft('D-01'), points: disarmed, flights: [] }])).toBe(0);
    expect(coveredFraction(box, [])).toBe(0);
  });
});

describe('the handover', () => {
  const box: Box = [0, 0, 100, 100];
  const across = [
    { eastM: 10, northM: 50 },
    { eastM: 90, northM: 50 },
  ];
  it('has no gap while one comes before the other has gone', () => {
    expect(
      longestAbsenceS(box, [flown('D-01', across), flown('D-02', across, 40, 10, 6)]),
    ).toBeLessThanOrEqual(1);
  });
  it('has the gap that there was', () => {
    expect(longestAbsenceS(box, [flown('D-01', across), flown('D-02', across, 40, 10, 60)])).toBeCloseTo(
      52,
      0,
    );
  });
  it('is not judged as good when nobody was ever there', () => {
    expect(longestAbsenceS(box, [])).toBeNull();
    const verdict = judge(evidence(), { that: 'handover-gap', cell: 'c1', atMostS: 5 });
    expect(verdict.ok).toBe(false);
  });
});

describe('paths', () => {
  const east = flown('D-01', [HOME, { eastM: 200, northM: 0 }]);
  const beside = (northM: number, heightM = 30) =>
    flown(
      'D-02',
      [
        { eastM: 0, northM },
        { eastM: 200, northM },
      ],
      heightM,
    );
  const separation = { that: 'separation', horizontalAtLeastM: 20, verticalAtLeastM: 5 } as const;

  it.each([
    [30, 30, true],
    [10, 30, false],
    [10, 36, true],
    [10, 34, false],
  ])('%i m apart at %i m beside 30 m: %s', (northM, heightM, ok) => {
    const verdict = judge(evidence({ tracks: [east, beside(northM, heightM)] }), separation);
    expect(verdict.ok).toBe(ok);
    if (!ok) expect(verdict.figure).toBe('10.0 m');
  });

  it('tell how long and where somebody was in a zone, and forgive what was before its drawing', () => {
    const inside = judge(evidence({ tracks: [east] }), { that: 'zone-not-entered', zone: 'z1' });
    expect(inside).toMatchObject({ ok: false, figure: '5.0 s inside' });
    expect(inside.details[0]).toContain('D-01 inside from second');
    const afterwards = { that: 'zone-not-entered', zone: 'z1', afterDrawnS: 0 } as const;
    const drawn = (atS: number) => evidence({ tracks: [east], zonesDrawnS: new Map([['z1', atS]]) });
    expect(judge(drawn(15), afterwards).ok).toBe(true);
    expect(judge(drawn(2), afterwards).ok).toBe(false);
    expect(judge(evidence({ tracks: [east] }), afterwards).ok).toBe(false);
  });

  it('tell who reached a place in time', () => {
    const reached = { that: 'reached', drone: 'D-01', place: { eastM: 100, northM: 0 }, withinM: 5 } as const;
    expect(judge(evidence({ tracks: [east] }), { ...reached, withinS: 12 }).ok).toBe(true);
    expect(judge(evidence({ tracks: [east] }), { ...reached, withinS: 5 }).ok).toBe(false);
    const far = { ...reached, place: { eastM: 100, northM: 50 } };
    expect(judge(evidence({ tracks: [east] }), far)).toMatchObject({
      ok: false,
      figure: 'no nearer than 50.0 m',
    });
  });

  it('tell who stayed where it was held, and give the time for the way back to those that overshoot', () => {
    // Held at second 0: past the place, back to it until second 12, then standing.
    const track = flown(
      'D-01',
      [
        { eastM: 100, northM: 0 },
        { eastM: 94, northM: 0 },
      ],
      30,
      0.5,
    );
    const stood = track.points.slice(0, -1);
    const standing = Array.from({ length: 20 }, (_, index) => ({ ...stood[12], timeS: 13 + index }));
    const points = [...stood, ...standing] as Track['points'];
    const steps = [played({ step: { do: 'hold', id: 'hold', drones: 'all' } })];
    const held = evidence({ tracks: [{ ...track, points }], steps });
    const stays = { that: 'stayed-put', drone: 'D-01', after: 'hold', forS: 25, withinM: 2 } as const;
    expect(judge(held, stays)).toMatchObject({ ok: false, figure: '3.0 m' });
    expect(judge(held, { ...stays, settleS: 12 })).toMatchObject({ ok: true, figure: '0.0 m' });
  });

  it('tell who is down, and where', () => {
    const home = { that: 'landed-at-home', drones: 'all', withinM: 3 } as const;
    expect(judge(evidence({ tracks: [east] }), home)).toMatchObject({
      ok: false,
      figure: '200.0 m from home',
    });
    const back = flown('D-01', [HOME, { eastM: 200, northM: 0 }, { eastM: 1, northM: 0 }]);
    expect(judge(evidence({ tracks: [back] }), home).ok).toBe(true);
    const flying = { ...back, points: back.points.slice(0, -1) };
    expect(judge(evidence({ tracks: [flying] }), home).ok).toBe(false);
    expect(judge(evidence({ tracks: [flying] }), { that: 'landed', drones: 'all' }).ok).toBe(false);
    expect(judge(evidence({ tracks: [back] }), { that: 'never-armed', drones: 'all' }).ok).toBe(false);
  });
});

describe('orders', () => {
  const hold = (tookMs: number) =>
    played({
      step: { do: 'hold', id: 'hold', drones: 'all' },
      answers: [{ drone: 'D-01', outcome: 'done', code: 'command.done', message: '', tookMs }],
    });
  it('are in time or not, and a step that was never played is not in time', () => {
    const expected = { that: 'answer-time', step: 'hold', atMostMs: 1000 } as const;
    expect(judge(evidence({ steps: [hold(900)] }), expected).ok).toBe(true);
    expect(judge(evidence({ steps: [hold(1100)] }), expected).ok).toBe(false);
    expect(judge(evidence(), expected).ok).toBe(false);
  });

  it('that were executed twice are found', () => {
    const arm = { atS: 1, fromSystemId: 245, command: 400, params: [1], result: 0 };
    const refused = { ...arm, result: 4 };
    const disarm = { ...arm, params: [0] };
    const of = (...commands: readonly (typeof arm)[]) =>
      evidence({ tracks: [{ ...flown('D-01', [HOME]), aircraft: aircraft('D-01', () => commands) }] });
    const once = { that: 'commands-once' } as const;
    expect(judge(of(arm, refused, disarm, disarm), once).ok).toBe(true);
    expect(judge(of(arm, arm), once)).toMatchObject({ ok: false, details: ['D-01: arm 2 × in 1 flights'] });
  });
});

describe('the record', () => {
  const flight: ApiFlight = {
    ...{
      flightId: 'F-1',
      vehicleId: 'v',
      vehicleName: 'D-01',
      patrolId: 'P-1',
      purpose: 'patrol',
      operator: 'op',
    },
    ...{ startedAtMs: 1, endedAtMs: 2, state: 'closed', tlog: { frames: 10, bytes: 300 } },
  };
  const recording = {
    bytes: 300,
    frames: 10,
    strayBytes: 0,
    longestGapMs: 500,
    accepted: { 22: 1 },
    sha256: 'x',
  };
  const whole: CollectedFlight = { flight, recording, problem: null };
  const expected = { that: 'record-complete', flights: 1 } as const;
  it.each([
    ['is complete', whole, true],
    ['lacks the file', { ...whole, recording: null, problem: '404' }, false],
    ['has a gap', { ...whole, recording: { ...recording, longestGapMs: 2500 } }, false],
    ['has stray bytes', { ...whole, recording: { ...recording, strayBytes: 1 } }, false],
    ['is shorter than said', { ...whole, recording: { ...recording, bytes: 299 } }, false],
    ['has fewer frames than said', { ...whole, recording: { ...recording, frames: 9 } }, false],
    ['is still open', { ...whole, flight: { ...flight, state: 'open' as const } }, false],
    ['was interrupted', { ...whole, flight: { ...flight, state: 'interrupted' as const } }, false],
  ])('%s', (_name, collected, ok) => {
    expect(judge(evidence({ flights: [collected] }), expected).ok).toBe(ok);
  });

  it('of a real autopilot tells what was executed twice', () => {
    const once = { that: 'commands-once' } as const;
    const twice = { ...whole, recording: { ...recording, accepted: { 22: 2 } } };
    const real = [flown('D-01', [HOME])];
    expect(judge(evidence({ tracks: real, flights: [whole] }), once).ok).toBe(true);
    expect(judge(evidence({ tracks: real, flights: [twice] }), once)).toMatchObject({
      ok: false,
      details: ['D-01 F-1: take-off 2 ×'],
    });
  });

  it('without a purpose is told', () => {
    const without = { ...whole, flight: { ...flight, purpose: null } };
    expect(judge(evidence({ flights: [whole] }), { that: 'armed-with-purpose' }).ok).toBe(true);
    expect(judge(evidence({ flights: [without] }), { that: 'armed-with-purpose' }).ok).toBe(false);
    expect(judge(evidence(), { that: 'armed-with-purpose' }).ok).toBe(false);
  });
});

describe('notices', () => {
  const lost: ApiNotice = {
    ...{ noticeId: 'N-1', severity: 'alarm', code: 'vehicle.lost', vehicleId: 'v', vehicleName: 'D-01' },
    ...{ message: 'link lost', details: { silentForS: 3 }, atMs: 1 },
  };
  it.each([
    [{}, true],
    [{ drone: 'D-02' }, false],
    [{ says: 'link' }, true],
    [{ says: 'battery' }, false],
    [{ atMost: 0 }, false],
    [{ atLeast: 2 }, false],
  ])('%o', (more, ok) => {
    const expected = { that: 'notice', code: 'vehicle.lost', ...more } as const;
    expect(judge(evidence({ notices: [lost] }), expected).ok).toBe(ok);
  });
  it('are named in the report as in the file', () => {
    expect(nameOf({ that: 'coverage', cell: 'c1', atLeastPct: 98, because: 'so' })).toBe(
      'coverage cell c1 atLeastPct 98',
    );
  });
});
