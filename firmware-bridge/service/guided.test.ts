import { describe, expect, it } from 'vitest';
import { px4CustomMode } from '../autopilot/modes.ts';
import { Encoder } from '../codec/encoder.ts';
import {
  buildMessage,
  CommandInt,
  PositionTargetGlobalInt,
  SetPositionTargetGlobalInt,
} from '../codec/messages.ts';
import type { CommandOutcome, VehicleState } from '../model.ts';
import { type CommandSpec, commandMachine } from '../protocol/command.ts';
import { FakePort } from '../test-support/fake-port.ts';
import { GuidedService } from './guided.ts';
import { distanceM, placeFrom } from './guided-geometry.ts';

const HOME = { lonDeg: 110.29, latDeg: 25.28 };

function flying(autopilot: 'ardupilot' | 'px4', customMode: number, more: Partial<VehicleState> = {}) {
  const atMs = Date.UTC(2026, 0, 1);
  const port = new FakePort({
    autopilot,
    airframe: 'copter',
    armed: true,
    flightState: 'in-air',
    mode: { name: 'X', normalised: 'guided', customMode, receivedAtMs: atMs },
    position: { ...HOME, altitudeAmslM: 170, relativeAltitudeM: 20, headingDeg: 0, receivedAtMs: atMs },
    home: { ...HOME, altitudeAmslM: 150, receivedAtMs: atMs },
    ...more,
  });
  return { port, guided: new GuidedService(port) };
}

function mode(port: FakePort, customMode: number, name = 'X'): void {
  port.update({ mode: { name, normalised: 'other', customMode, receivedAtMs: port.clock.nowMs() } });
}

function at(port: FakePort, place: { lonDeg: number; latDeg: number }): void {
  const { position } = port.state();
  if (position !== null)
    port.update({ position: { ...position, ...place, receivedAtMs: port.clock.nowMs() } });
}

function targetIs(port: FakePort, place: { lonDeg: number; latDeg: number }): void {
  const latInt = Math.round(place.latDeg * 1e7);
  const lonInt = Math.round(place.lonDeg * 1e7);
  port.deliver(buildMessage(PositionTargetGlobalInt, { latInt, lonInt }));
}

/** As the real port: a command runs until it is cancelled, and a second one of its kind is told busy. Those accepted. */
function oneCommandOfAKind(port: FakePort): readonly CommandSpec[] {
  const running = new Map<number, (outcome: CommandOutcome) => void>();
  const accepted: CommandSpec[] = [];
  port.run = (spec) => {
    if (running.has(spec.command)) return Promise.resolve({ kind: 'busy', what: spec.name });
    accepted.push(spec);
    return new Promise((resolve) => running.set(spec.command, resolve));
  };
  port.cancelCommand = (spec, by) => {
    port.cancelled.push(`${spec.name} by ${by}`);
    running.get(spec.command)?.({ kind: 'cancelled', by });
    running.delete(spec.command);
  };
  return accepted;
}

const PLACE = placeFrom(HOME, 90, 100);
const ABOVE_HOME = { datum: 'above-home', m: 30 } as const;

describe('guided flight', () => {
  it('is done when the vehicle tells our place as its target, and tells the arrival later', async () => {
    const { port, guided } = flying('ardupilot', 4);
    const going = guided.goTo({ ...PLACE, altitude: ABOVE_HOME });
    await port.clock.advance(100);
    targetIs(port, PLACE);
    await port.clock.advance(300);
    expect(await going).toEqual({ kind: 'done', confirmedBy: "the vehicle's own target" });
    expect(port.events).toEqual([]);
    at(port, placeFrom(PLACE, 0, 2));
    await port.clock.advance(300);
    expect(port.events).toMatchObject([{ kind: 'guided', action: 'go-to', phase: 'arrived' }]);
    await port.clock.advance(2_000);
    expect(port.clock.pendingTimers).toBe(0);
  });

  it('does not take an acknowledgement for a flight: no target, no nearing', async () => {
    const { port, guided } = flying('ardupilot', 4);
    const going = guided.goTo({ ...PLACE, altitude: ABOVE_HOME });
    await port.clock.advance(11_000);
    expect(await going).toMatchObject({ kind: 'not-confirmed', expected: 'on its way to the place' });
  });

  it('asks ArduPilot above home, and PX4 above sea level whatever was wished', async () => {
    for (const [autopilot, current, frame, z] of [
      ['ardupilot', 4, 6, 30],
      ['px4', px4CustomMode(4, 3), 5, 180],
    ] as const) {
      const { port, guided } = flying(autopilot, current);
      const going = guided.goTo({ ...PLACE, altitude: ABOVE_HOME });
      await port.clock.advance(50);
      expect(port.commands[0]).toMatchObject({ command: 192, place: { frame, z } });
      guided.cancel('test');
      await port.clock.advance(1_000);
      await going;
    }
  });

  it('refuses what makes no sense, in words, and sends nothing', async () => {
    const { port, guided } = flying('px4', px4CustomMode(4, 3));
    const cases: [Parameters<GuidedService['goTo']>[0], RegExp][] = [
      [{ ...PLACE, latDeg: Number.NaN, altitude: ABOVE_HOME }, /latitude/],
      [{ ...PLACE, lonDeg: 181, altitude: ABOVE_HOME }, /longitude/],
      [{ lonDeg: 111.29, latDeg: 25.28, altitude: ABOVE_HOME }, /km away/],
      [{ ...PLACE, altitude: { datum: 'amsl', m: 15 } }, /-135 m above home/],
      [{ ...PLACE, altitude: { datum: 'above-home', m: Number.NaN } }, /height/],
      [{ ...PLACE, altitude: { datum: 'above-terrain', m: 20 } }, /ground/],
      [{ ...PLACE, altitude: ABOVE_HOME, speedMps: -1 }, /speed/],
      [{ ...PLACE, altitude: ABOVE_HOME, headingDeg: 400 }, /heading/],
    ];
    for (const [wish, words] of cases) {
      const outcome = await guided.goTo(wish);
      expect(outcome.kind).toBe('denied');
      expect(outcome.kind === 'denied' ? outcome.reasons[0] : '').toMatch(words);
    }
    port.update({ home: null });
    expect((await guided.goTo({ ...PLACE, altitude: ABOVE_HOME })).kind).toBe('denied');
    port.update({ armed: false });
    expect((await guided.goTo({ ...PLACE, altitude: ABOVE_HOME })).kind).toBe('denied');
    expect(port.commands).toEqual([]);
  });

  it('a newer wish and a safety action end the older one as cancelled', async () => {
    const { port, guided } = flying('ardupilot', 4);
    const first = guided.goTo({ ...PLACE, altitude: ABOVE_HOME });
    await port.clock.advance(100);
    const second = guided.goTo({ ...placeFrom(HOME, 0, 80), altitude: ABOVE_HOME });
    await port.clock.advance(300);
    expect(await first).toEqual({ kind: 'cancelled', by: 'go to a place' });
    guided.cancel('hold');
    await port.clock.advance(300);
    expect(await second).toEqual({ kind: 'cancelled', by: 'hold' });
  });

  it('frees the number of the command that runs, so that the newer wish is not told busy', async () => {
    const { port, guided } = flying('ardupilot', 4);
    const asked = oneCommandOfAKind(port);
    const second = { ...placeFrom(HOME, 0, 80), altitude: ABOVE_HOME };
    const goings = [guided.goTo({ ...PLACE, altitude: ABOVE_HOME }), guided.goTo(second)];
    expect(asked.filter(({ command }) => command === 192)).toHaveLength(2);
    expect(port.cancelled).toEqual([expect.stringMatching(/ by go to a place$/)]);
    expect(await goings[0]).toEqual({ kind: 'cancelled', by: 'go to a place' });
    guided.cancel('hold');
    expect(await goings[1]).toEqual({ kind: 'cancelled', by: 'hold' });
    expect(port.cancelled).toHaveLength(2);
    guided.cancel('again');
    expect(port.cancelled).toHaveLength(2);
  });

  it('settles what waits when it is closed', async () => {
    const { port, guided } = flying('ardupilot', 4);
    const going = guided.goTo({ ...PLACE, altitude: ABOVE_HOME });
    await port.clock.advance(100);
    guided.close('shutdown');
    expect(await going).toEqual({ kind: 'cancelled', by: 'shutdown' });
    expect(port.clock.pendingTimers).toBe(0);
  });

  it('leads a Copter round, and stops streaming when a pilot takes it', async () => {
    const { port, guided } = flying('ardupilot', 4);
    const center = placeFrom(HOME, 0, 30);
    const orbiting = guided.orbit({ center, radiusM: 30, altitude: ABOVE_HOME, direction: 'clockwise' });
    await port.clock.advance(2_000);
    expect(await orbiting).toEqual({ kind: 'done', confirmedBy: 'mode GUIDED, on the circle' });
    await port.clock.advance(2_000);
    const sent = port.sentOf(SetPositionTargetGlobalInt);
    expect(sent.length).toBeGreaterThan(6);
    for (const one of sent) {
      const place = { lonDeg: one.lonInt / 1e7, latDeg: one.latInt / 1e7 };
      expect(Math.abs(distanceM(center, place) - 30)).toBeLessThan(0.1);
      expect(Math.hypot(one.vx, one.vy)).toBeCloseTo(5, 3);
    }
    // The aircraft stands still, south of the centre: clockwise is to the west, no further ahead than the lead.
    const last = sent.at(-1);
    expect(last?.vx ?? 0).toBeGreaterThan(0);
    expect(last?.vy ?? 0).toBeLessThan(-4);
    mode(port, 5, 'LOITER');
    await port.clock.advance(300);
    const before = port.sentOf(SetPositionTargetGlobalInt).length;
    await port.clock.advance(3_000);
    expect(port.sentOf(SetPositionTargetGlobalInt).length).toBe(before);
    expect(port.events.at(-1)).toMatchObject({ phase: 'stopped', reason: 'the mode was changed to LOITER' });
    expect(port.commands.every((spec) => spec.command !== 176)).toBe(true);
  });

  it('gives PX4 its DO_ORBIT with the direction in the sign, a Plane its radius, a Rover nothing', async () => {
    const wish = {
      center: PLACE,
      radiusM: 60,
      altitude: ABOVE_HOME,
      direction: 'counter-clockwise',
    } as const;
    const px4 = flying('px4', px4CustomMode(3, 1));
    expect((await px4.guided.orbit(wish)).kind).toBe('done');
    expect(px4.port.commands[0]).toMatchObject({ command: 34, place: { frame: 5, z: 180 } });
    expect(px4.port.commands[0]?.params[0]).toBe(-60);
    px4.guided.close('end');
    const plane = flying('ardupilot', 15, { airframe: 'plane' });
    expect((await plane.guided.orbit(wish)).kind).toBe('done');
    expect(plane.port.commands[0]?.params).toEqual([-1, 1, 60, 1]);
    plane.guided.close('end');
    const rover = flying('ardupilot', 15, { airframe: 'rover' });
    expect((await rover.guided.orbit(wish)).kind).toBe('unsupported');
    expect(rover.port.commands).toEqual([]);
  });

  it('takes off above home in steps; PX4 is told the height above sea level', async () => {
    const ap = flying('ardupilot', 4, { armed: false, flightState: 'on-ground' });
    await ap.guided.takeOff({ altitudeAboveHomeM: 20 });
    expect(ap.port.commands.map((spec) => spec.command)).toEqual([176, 400, 22]);
    expect(ap.port.commands.at(-1)?.params.at(-1)).toBe(20);
    const px4 = flying('px4', px4CustomMode(4, 3), { armed: false, flightState: 'on-ground' });
    await px4.guided.takeOff({ altitudeAboveHomeM: 20 });
    expect(px4.port.commands.map((spec) => spec.params.slice(0, 3))).toContainEqual([1, 4, 3]);
    expect(px4.port.commands.at(-1)?.params.at(-1)).toBe(170);
  });

  it('terminates and disarms by force only with the id of the vehicle, and never twice', async () => {
    const { port, guided } = flying('ardupilot', 4);
    expect((await guided.terminate({ confirm: 'other' })).kind).toBe('denied');
    expect((await guided.disarm({ force: true })).kind).toBe('denied');
    expect(port.commands).toEqual([]);
    await guided.terminate({ confirm: port.vehicleId });
    await guided.disarm({ force: true, confirm: port.vehicleId });
    expect(port.commands.map((spec) => [spec.command, ...spec.params.slice(0, 2)])).toEqual([
      [185, 1],
      [400, 0, 21196],
    ]);
    for (const spec of port.commands) {
      expect(spec.commandClass).toBe('one-shot');
      expect(spec.repeatAfterMs ?? 0).toBeGreaterThan(spec.giveUpMs + (spec.confirm?.withinMs ?? 0));
    }
  });

  it('writes DO_REPOSITION as these bytes', async () => {
    const { port, guided } = flying('ardupilot', 4);
    const going = guided.goTo({ lonDeg: 110.291, latDeg: 25.281, altitude: ABOVE_HOME });
    await port.clock.advance(10);
    guided.close('end');
    await going;
    const spec = port.commands[0];
    if (spec === undefined) throw new Error('nothing was sent');
    const machine = commandMachine({ systemId: 1, componentId: 1 }, spec);
    const [effect] = machine.step(machine.initial, { kind: 'start' }, 0).effects;
    if (effect?.kind !== 'send') throw new Error('nothing was sent');
    expect(effect.message).toBeInstanceOf(CommandInt);
    const frame = new Encoder({ systemId: 245, componentId: 190 }).encode(effect.message);
    // param1 −1, param2 1, param3 0, param4 0, x 252810000, y 1102910000, z 30, command 192, 1/1, frame 6.
    expect(frame.subarray(10, -2).toString('hex')).toBe(
      '000080bf' +
        '0000803f' +
        '00000000' +
        '00000000' +
        '1093110f' +
        '3012bd41' +
        '0000f041' +
        'c000' +
        '0101' +
        '06',
    );
  });
});
