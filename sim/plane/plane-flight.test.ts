import { describe, expect, it } from 'vitest';
import type { MissionItem } from '../../missions/mission-item.ts';
import { CALM, type Wind } from '../aircraft/aircraft-state.ts';
import { LocalFrame, type LocalPoint } from '../aircraft/local-frame.ts';
import { item } from '../testing/tower.ts';
import { PlaneFlight } from './plane-flight.ts';
import { PLANE_MODE } from './plane-modes.ts';

const HOME = { lonDeg: 110.29, latDeg: 25.2809, altitudeAmslM: 150 };
const STEP_S = 0.04;
const PARAMETERS: Readonly<Record<string, number>> = {
  AIRSPEED_CRUISE: 20,
  WP_RADIUS: 90,
  WP_LOITER_RAD: 80,
  RTL_ALTITUDE: 100,
  RTL_RADIUS: 0,
  RTL_AUTOLAND: 0,
  TKOFF_ALT: 50,
  LAND_DISARMDELAY: 20,
  Q_RTL_ALT: 15,
  Q_RTL_MODE: 0,
};
const NAVIGATES = new Set([16, 17, 18, 19, 20, 21, 22, 31, 84, 85]);
const frame = new LocalFrame(HOME);

/** An item at metres east and north of home, `upM` above it. */
function at(command: number, eastM: number, northM: number, upM: number, rest: Partial<MissionItem> = {}) {
  const geo = frame.toGeo({ eastM, northM, upM: 0 });
  const x = Math.round(geo.latDeg * 1e7);
  const y = Math.round(geo.lonDeg * 1e7);
  return item(command, { frame: 3, x, y, z: upM, ...rest });
}

class Rig {
  readonly said: string[] = [];
  readonly reached: number[] = [];
  readonly track: (LocalPoint & { readonly timeS: number })[] = [];
  readonly flight: PlaneFlight;

  constructor(
    mission: readonly MissionItem[],
    options: { readonly isQuadplane?: boolean; readonly wind?: Wind; readonly parameters?: object } = {},
  ) {
    const parameters: Record<string, number> = { ...PARAMETERS, ...options.parameters };
    const items = [at(16, 0, 0, 0), ...mission];
    this.flight = new PlaneFlight({
      start: HOME,
      seed: 7,
      batteryFraction: 1,
      wind: () => options.wind ?? CALM,
      isQuadplane: options.isQuadplane ?? false,
      parameter: (name) => parameters[name] ?? Number.NaN,
      items: () => items,
      isNavigation: (command) => NAVIGATES.has(command),
      commandName: String,
      events: {
        text: (_, text) => this.said.push(text),
        homeSet: () => undefined,
        itemReached: (seq) => this.reached.push(seq),
        passingCommand: () => undefined,
      },
    });
  }

  run(forS: number, until: () => boolean = () => false): void {
    for (let t = 0; t < forS && !until(); t += STEP_S) {
      this.flight.step(STEP_S);
      const { eastM, northM, upM, timeS } = this.flight.state;
      this.track.push({ eastM, northM, upM, timeS });
    }
  }

  nearest(eastM: number, northM: number): number {
    return Math.min(...this.track.map((point) => Math.hypot(point.eastM - eastM, point.northM - northM)));
  }
}

const square = [at(22, 0, 0, 60), at(16, 0, 600, 80), at(16, 600, 600, 80), at(16, 600, 0, 80)];

describe('a simulated ArduPlane', () => {
  it('takes off along its nose, flies the waypoints within its turn radius and lands where it is told to', () => {
    const rig = new Rig([...square, at(16, 600, -600, 40), at(21, 0, -600, 0)]);
    expect(rig.flight.requestMode(PLANE_MODE.AUTO)).toBe(true);
    rig.flight.arm();
    rig.run(400, () => !rig.flight.armed);
    expect(rig.reached).toEqual([1, 2, 3, 4, 5, 6]);
    // Words of a real one on the same mission.
    const words = [
      'Throttle armed',
      'Reached waypoint #2 dist',
      'Distance from LAND point=',
      'Throttle disarmed',
    ];
    const heard = words.map((word) => rig.said.findIndex((text) => text.startsWith(word)));
    expect(heard.every((index) => index >= 0)).toBe(true);
    expect([...heard].sort((a, b) => a - b)).toEqual(heard);
    expect(rig.said.at(-1)).toBe('Auto disarmed');
    // It cuts the corner by at most its look-ahead of 81 m.
    for (const [east, north] of [
      [0, 600],
      [600, 600],
      [600, 0],
    ] as const) {
      expect(rig.nearest(east, north)).toBeLessThan(85);
    }
    const last = rig.track.at(-1);
    expect(last?.upM).toBe(0);
    expect(Math.hypot(last?.eastM ?? 999, (last?.northM ?? 999) + 600)).toBeLessThan(120);
    expect(rig.flight.state.touchdownMps).toBeLessThan(1.5);
    expect(rig.flight.armed).toBe(false);
  });

  it('does not land by RTL: it circles over home at RTL_ALTITUDE until somebody lands it', () => {
    const rig = new Rig(square);
    rig.flight.requestMode(PLANE_MODE.AUTO);
    rig.flight.arm();
    rig.run(60);
    expect(rig.flight.requestMode(PLANE_MODE.RTL)).toBe(true);
    rig.run(300);
    const late = rig.track.slice(-1000);
    expect(Math.min(...late.map(({ upM }) => upM))).toBeGreaterThan(95);
    const radii = late.map(({ eastM, northM }) => Math.hypot(eastM, northM));
    expect(Math.max(...radii)).toBeLessThan(90);
    expect(Math.min(...radii)).toBeGreaterThan(70);
  });

  it('lands by the sequence behind DO_LAND_START when RTL_AUTOLAND asks for it', () => {
    const rig = new Rig([...square, at(189, 0, 0, 0), at(16, 400, -500, 40), at(21, 0, -500, 0)], {
      parameters: { RTL_AUTOLAND: 2 },
    });
    rig.flight.requestMode(PLANE_MODE.AUTO);
    rig.flight.arm();
    rig.run(50);
    rig.flight.requestMode(PLANE_MODE.RTL);
    rig.run(400, () => !rig.flight.armed);
    expect(rig.said).toContain('Landing sequence start');
    expect(rig.flight.mode).toBe(PLANE_MODE.AUTO);
    expect(rig.flight.armed).toBe(false);
    expect(rig.flight.state.onGround).toBe(true);
  });

  it('goes home when the mission is over in the air', () => {
    const rig = new Rig(square);
    rig.flight.requestMode(PLANE_MODE.AUTO);
    rig.flight.arm();
    rig.run(200);
    expect(rig.flight.mode).toBe(PLANE_MODE.RTL);
    expect(rig.said.some((text) => text.includes('RTL'))).toBe(true);
  });

  it('circles round a place that it is sent to, counts turns and time on a circle', () => {
    const turns = [at(22, 0, 0, 60), at(18, 0, 500, 80, { param1: 2 }), at(19, 500, 500, 80, { param1: 30 })];
    const rig = new Rig(turns);
    rig.flight.requestMode(PLANE_MODE.AUTO);
    rig.flight.arm();
    rig.run(400, () => rig.reached.includes(2));
    const afterTurnsS = rig.flight.state.timeS;
    rig.run(400, () => rig.reached.includes(3));
    // Two turns of 80 m radius at 20 m/s: 50 s at least, besides the way there.
    expect(afterTurnsS).toBeGreaterThan(65);
    expect(afterTurnsS).toBeLessThan(110);
    expect(rig.flight.state.timeS - afterTurnsS).toBeGreaterThan(40);
  });

  it.each([
    { mode: PLANE_MODE.RTL, isQuadplane: false, why: 'RTL mode not armable' },
    { mode: PLANE_MODE.FBWA, isQuadplane: false, why: null },
    { mode: PLANE_MODE.QLAND, isQuadplane: true, why: 'QLAND mode not armable' },
  ])('may be armed in mode $mode: $why', ({ mode, isQuadplane, why }) => {
    const rig = new Rig(square, { isQuadplane });
    expect(rig.flight.requestMode(mode)).toBe(true);
    expect(rig.flight.modeObjection()).toBe(why);
  });

  it('has no modes of lift motors when it has none', () => {
    const rig = new Rig([]);
    expect(rig.flight.requestMode(PLANE_MODE.QLOITER)).toBe(false);
    expect(rig.flight.mode).toBe(PLANE_MODE.MANUAL);
  });
});

describe('a simulated quadplane', () => {
  it('rises and sinks by its lift motors and flies between by its wing, in wind', () => {
    const rig = new Rig([at(84, 0, 0, 40), at(16, 0, 600, 60), at(16, 600, 600, 60), at(85, 0, 0, 0)], {
      isQuadplane: true,
      wind: { eastMps: 3, northMps: -2, gustMps: 0.5 },
    });
    rig.flight.requestMode(PLANE_MODE.AUTO);
    rig.flight.arm();
    rig.run(15);
    expect(rig.flight.vtolState).toBe(3);
    const rising = rig.track.filter(({ upM }) => upM > 5 && upM < 30);
    expect(Math.max(...rising.map(({ eastM, northM }) => Math.hypot(eastM, northM)))).toBeLessThan(4);
    rig.run(30);
    expect(rig.flight.vtolState).toBe(4);
    rig.run(300, () => !rig.flight.armed);
    const last = rig.track.at(-1);
    expect(rig.flight.armed).toBe(false);
    expect(Math.hypot(last?.eastM ?? 99, last?.northM ?? 99)).toBeLessThan(4);
    expect(rig.flight.state.touchdownMps).toBeLessThan(1.5);
  });

  it('lands where it is by QLAND, and at home by QRTL', () => {
    for (const mode of [PLANE_MODE.QLAND, PLANE_MODE.QRTL]) {
      const rig = new Rig([at(84, 0, 0, 40), at(16, 0, 900, 60)], { isQuadplane: true });
      rig.flight.requestMode(PLANE_MODE.AUTO);
      rig.flight.arm();
      rig.run(45);
      const fromM = rig.flight.state.northM;
      expect(fromM).toBeGreaterThan(200);
      rig.flight.requestMode(mode);
      rig.run(300, () => !rig.flight.armed);
      expect(rig.flight.armed).toBe(false);
      if (mode === PLANE_MODE.QRTL) expect(Math.abs(rig.flight.state.northM)).toBeLessThan(4);
      else expect(Math.abs(rig.flight.state.northM - fromM)).toBeLessThan(120);
    }
  });

  it('climbs at the place when NAV_TAKEOFF is commanded in GUIDED, and waits there', () => {
    const rig = new Rig([], { isQuadplane: true });
    rig.flight.requestMode(PLANE_MODE.GUIDED);
    rig.flight.arm();
    expect(rig.flight.takeoff(20)).toBe(true);
    rig.run(40);
    expect(rig.flight.state.upM).toBeCloseTo(20, 0);
    expect(Math.hypot(rig.flight.state.eastM, rig.flight.state.northM)).toBeLessThan(2);
  });
});
