import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AutopilotVersion,
  AvailableModes,
  buildMessage,
  CommandAck,
  CurrentEventSequence,
  CurrentMode,
  Event,
  Heartbeat,
  type MavLinkData,
  MessageInterval,
  ParamRequestList,
  ParamRequestRead,
  ParamSet,
  ParamValue,
  RequestDataStream,
  RequestEvent,
  ResponseEventError,
} from '../../firmware-bridge/codec/messages.ts';
import { NO_EVENTS, type Px4Event, px4EventsStep } from '../../firmware-bridge/protocol/px4-events.ts';
import { eventId } from './px4-events.ts';
import { customModeOf, NAV } from './px4-modes.ts';
import { testService } from './testing/one-service.ts';
import { at, item, Px4Tower } from './testing/px4-tower.ts';

const TO = { targetSystem: 1, targetComponent: 1 };
const scratch = Buffer.alloc(4);

describe('rates', () => {
  /** Messages a second of the captured PX4 between its 5th and 70th second, by message id. */
  const CAPTURED: Readonly<Record<number, number>> = {
    0: 0.97,
    1: 0.97,
    24: 4.84,
    29: 0.97,
    30: 48.5,
    31: 48.5,
    32: 48.5,
    33: 48.5,
    36: 48.5,
    42: 0.97,
    74: 3.84,
    83: 48.5,
    85: 48.5,
    132: 0.47,
    141: 0.97,
    147: 0.47,
    230: 0.47,
    242: 0.47,
    245: 0.97,
    436: 0.47,
  };

  it('are those of the captured one on the link of SITL', () => {
    const tower = new Px4Tower({ streams: 'sitl' }).ready().run(1);
    const from = tower.received.length;
    tower.run(20);
    const perSecond = new Map<number, number>();
    for (const message of tower.received.slice(from)) {
      const { MSG_ID } = message.constructor as unknown as { readonly MSG_ID: number };
      perSecond.set(MSG_ID, (perSecond.get(MSG_ID) ?? 0) + 1 / 20);
    }
    for (const [id, captured] of Object.entries(CAPTURED)) {
      expect([id, Math.abs((perSecond.get(Number(id)) ?? 0) - captured) < 0.1 + 0.05 * captured]).toEqual([
        id,
        true,
      ]);
    }
    const total = [...perSecond.values()].reduce((sum, one) => sum + one, 0);
    expect(total).toBeGreaterThan(350);
    expect(total).toBeLessThan(385);
  });

  it('are lowered by SET_MESSAGE_INTERVAL, stopped by −1, the default of the link by 0; REQUEST_DATA_STREAM is nothing', () => {
    const tower = new Px4Tower({ streams: 'sitl' }).ready();
    const interval = (messageId: number): number => {
      tower.command(510, messageId);
      return tower.last(MessageInterval).intervalUs;
    };
    expect(tower.acks(511, 33, 250_000)).toEqual([0]);
    expect(interval(33)).toBe(250_000);
    tower.command(511, 33, 0);
    expect(interval(33)).toBe(200_000);
    tower.command(511, 33, -1);
    expect(interval(33)).toBe(-1);
    expect(tower.acks(511, 9999, 100_000)).toEqual([4]);
    // Two messages that ArduPilot has and PX4 does not: EKF_STATUS_REPORT, and MISSION_CURRENT comes by itself.
    expect(tower.acks(511, 193, 100_000)).toEqual([4]);
    expect(tower.acks(511, 42, 100_000)).toEqual([4]);
    expect(tower.acks(512, 193)).toEqual([2]);
    tower.send(buildMessage(RequestDataStream, { ...TO, reqStreamId: 0, reqMessageRate: 2, startStop: 1 }));
    expect(interval(30)).toBe(20_000);
  });
});

describe('commands', () => {
  it('DO_SET_MODE has two answers: the receiver at once, the commander in the next step', () => {
    const tower = new Px4Tower().ready();
    tower.command(400, 1);
    const from = tower.received.length;
    const acks = (): readonly MavLinkData[] =>
      tower.received.slice(from).filter((message) => message instanceof CommandAck);
    expect(tower.acks(176, 1, 6, 0)).toEqual([0, 1]);
    expect(acks()).toHaveLength(2);
    expect(tower.texts().at(-1)).toBe('Switching to Offboard is currently not available');
  });

  it('tells a new mode with the next heartbeat only', () => {
    const tower = new Px4Tower().ready();
    const before = tower.all(Heartbeat).length;
    tower.runUntil('heartbeat', 2, () => tower.all(Heartbeat).length > before);
    tower.setMode(4, 4);
    const shown = (): number => tower.last(Heartbeat).customMode;
    expect(shown()).toBe(customModeOf(NAV.LOITER));
    tower.run(1);
    expect(shown()).toBe(customModeOf(NAV.MISSION));
    expect(shown()).toBe((4 << 16) | (4 << 24));
    expect(tower.last(CurrentMode).intendedCustomMode).toBe(shown());
  });

  it('AUTO.MISSION is taken without a mission on the ground, and then arming is refused', () => {
    const tower = new Px4Tower().ready();
    expect(tower.setMode(4, 4)).toBe(0);
    expect(tower.command(400, 1)).toBe(1);
    expect(tower.command(300, 0, 0)).toBe(2);
  });

  it('a mission with home first is stored, and MISSION_START answers 2', () => {
    const tower = new Px4Tower().ready();
    const home = item(16, { frame: 0, ...at(0, 0), z: 150 });
    expect(tower.upload([home, item(22, { ...at(0, 0), z: 10 }), item(16, { ...at(30, 0), z: 10 })])).toBe(0);
    expect(tower.command(300, 0, 0)).toBe(2);
    expect(tower.eventIds()).toContain(eventId('navigator_mis_takeoff_not_first'));
  });

  it.each([
    [82, 6, 3],
    [18, 6, 3],
    [115, 6, 3],
    [183, 2, 3],
    [16, 0, 0],
    [16, 3, 0],
    [16, 1, 2],
    [16, 10, 2],
    [16, 2, 3],
    [20, 6, 3],
    [20, 2, 0],
    [177, 6, 3],
    [178, 2, 0],
    [201, 6, 6],
    [531, 2, 3],
    [5001, 6, 1],
    [5000, 6, 0],
  ])('mission item %i in frame %i: ACK %i', (command, frame, result) => {
    expect(new Px4Tower().ready().upload([item(command, { ...at(0, 0), frame, param1: 1, z: 10 })])).toBe(
      result,
    );
  });

  it('lists its 26 modes, one or all', () => {
    const tower = new Px4Tower().ready();
    expect(tower.acks(512, 435, 0)).toEqual([0]);
    const modes = tower.all(AvailableModes);
    expect(modes.map(({ modeIndex }) => modeIndex)).toEqual(
      Array.from({ length: 26 }, (_, index) => index + 1),
    );
    expect(modes[4]).toMatchObject({ modeName: 'Hold', customMode: customModeOf(NAV.LOITER), properties: 1 });
    expect(modes[3]).toMatchObject({ modeName: '', standardMode: 6 });
    expect(tower.acks(512, 435, 27)).toEqual([2]);
  });

  it('gives a service its commands, messages, components and mission items, and arms when it lets it', () => {
    const service = testService();
    const tower = new Px4Tower({ services: [service.factory] }).ready();
    service.objections.push('PreArm: camera lost');
    tower.run(1.1);
    expect(tower.command(400, 1)).toBe(1);
    service.objections.length = 0;
    tower.run(1.1);
    expect(tower.command(2000, 0, 0, 1)).toBe(0);
    expect(tower.command(512, 148)).toBe(0);
    // 32 FTP is the service's, 59615 the rest of the captured one's.
    expect(BigInt(tower.last(AutopilotVersion).capabilities as unknown as bigint)).toBe(59_647n);
    tower.upload([
      item(22, { ...at(0, 0), z: 5 }),
      item(2000, { frame: 2, param3: 1 }),
      item(20, { frame: 2 }),
    ]);
    tower.command(300, 0, 0);
    tower.runUntil('landed', 120, () => !tower.vehicle.truth.armed);
    expect(service.seen).toEqual(['command 2000', 'armed', 'item 1: 2000', 'disarmed']);
    expect(tower.vehicle.payloadCommands.map(({ seq }) => seq)).toEqual([1]);
  });
});

describe('events', () => {
  /** Number → name: numbers captured, names of PX4's sources. */
  it.each([
    [0x102089d, 'commander_arm_denied_resolve_failures'],
    [0x1a893e0, 'commander_arming_check_summary'],
    [0x11d3727, 'commander_health_summary'],
    [0x190caf3, 'commander_armed_by'],
    [0x1522694, 'vrtl_return_at'],
    [0x194ca8a, 'commander_failsafe_enter'],
    [0x106ed29, 'check_modes_manual_control'],
  ])('%i is %s', (number, name) => {
    expect(eventId(name)).toBe(number);
  });

  it('lost on the way, they are asked for by the bridge and given again, in order', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.boolean()), (losses) => {
        const tower = new Px4Tower().ready();
        const told: number[] = [];
        let state = NO_EVENTS;
        let read = 0;
        const hear = (input: Parameters<typeof px4EventsStep>[2]): void => {
          const {
            state: next,
            told: now,
            effects,
          } = px4EventsStep({ systemId: 1, componentId: 1 }, state, input);
          state = next;
          told.push(...now.map(({ sequence }) => sequence));
          for (const effect of effects) if (effect.kind === 'send') tower.send(effect.message);
        };
        const listen = (isLossy: boolean): void => {
          for (; read < tower.received.length; read += 1) {
            const message = tower.received[read];
            if (message instanceof ResponseEventError) {
              const { sequence, sequenceOldestAvailable: oldestSequence } = message;
              hear({ kind: 'unavailable', sequence, oldestSequence });
            }
            if (!(message instanceof Event)) continue;
            if (isLossy && losses.next().value === true) continue;
            const { sequence, id, eventTimeBootMs: bootMs, logLevels, arguments: args } = message;
            const event: Px4Event = { sequence, id, bootMs, logLevels, arguments: args };
            hear({ kind: 'event', event });
          }
        };
        hear({ kind: 'current', sequence: 65_525, isReset: false });
        for (const mode of [4, 5, 3, 6, 3]) {
          tower.setMode(4, mode);
          tower.run(0.2);
          listen(true);
        }
        tower.run(4);
        const newest = tower.all(CurrentEventSequence).at(-1)?.sequence ?? 0;
        hear({ kind: 'current', sequence: newest, isReset: false });
        for (let again = 0; again < 8; again += 1) {
          listen(false);
          hear({ kind: 'timer' });
        }
        const distances = told.map((sequence) => (sequence - 65_526) & 0xffff);
        expect(distances).toEqual([...distances].sort((a, b) => a - b));
        expect(new Set(told).size + state.lost).toBe(((newest - 65_526) & 0xffff) + 1);
      }),
      { numRuns: 15 },
    );
  });

  it('keeps twenty; of older ones it says that they are gone', () => {
    const tower = new Px4Tower().ready();
    for (let change = 0; change < 8; change += 1) tower.setMode(4, change % 2 === 0 ? 5 : 3);
    tower.send(buildMessage(RequestEvent, { ...TO, firstSequence: 65_526, lastSequence: 65_526 }));
    const { sequence, sequenceOldestAvailable } = tower.last(ResponseEventError);
    expect(sequence).toBe(65_526);
    const newest = tower.all(Event).at(-1)?.sequence ?? 0;
    expect((newest - sequenceOldestAvailable) & 0xffff).toBe(19);
  });
});

describe('parameters', () => {
  const read = (tower: Px4Tower, name: string): ParamValue | undefined => {
    const from = tower.received.length;
    tower.send(buildMessage(ParamRequestRead, { ...TO, paramId: name, paramIndex: -1 }));
    return tower.received.slice(from).find((message) => message instanceof ParamValue) as
      | ParamValue
      | undefined;
  };

  it('any whole number goes into the bits and comes out of them', () => {
    const tower = new Px4Tower();
    fc.assert(
      fc.property(fc.integer({ min: -4_194_304, max: 0x7f80_0000 }), (value) => {
        scratch.writeInt32LE(value);
        const paramValue = scratch.readFloatLE();
        tower.send(buildMessage(ParamSet, { ...TO, paramId: 'COM_DL_LOSS_T', paramValue, paramType: 6 }));
        expect(tower.vehicle.parameters.number('COM_DL_LOSS_T')).toBe(value);
        scratch.writeFloatLE(read(tower, 'COM_DL_LOSS_T')?.paramValue ?? 0);
        expect(scratch.readInt32LE()).toBe(value);
      }),
    );
  });

  it('says nothing of what it does not have, and sets nothing of another type', () => {
    const tower = new Px4Tower();
    expect(read(tower, 'NO_SUCH_NAME')).toBeUndefined();
    const from = tower.received.length;
    tower.send(buildMessage(ParamSet, { ...TO, paramId: 'NO_SUCH_NAME', paramValue: 1, paramType: 9 }));
    tower.send(buildMessage(ParamSet, { ...TO, paramId: 'COM_DL_LOSS_T', paramValue: 7, paramType: 9 }));
    expect(tower.received.slice(from)).toEqual([]);
    expect(tower.vehicle.parameters.number('COM_DL_LOSS_T')).toBe(10);
    expect(() => tower.vehicle.setParameter('WPNAV_SPEED', 1)).toThrow(/no parameter WPNAV_SPEED/);
  });

  it('begins a list with the checksum, which changes with a value and is the same again with the old one', () => {
    const tower = new Px4Tower();
    const hash = (): number => read(tower, '_HASH_CHECK')?.paramValue ?? Number.NaN;
    tower.send(buildMessage(ParamRequestList, TO));
    tower.run(2);
    const listed = tower.all(ParamValue);
    expect(listed[0]?.paramId.replaceAll('\0', '')).toBe('_HASH_CHECK');
    expect(new Set(listed.slice(1).map(({ paramIndex }) => paramIndex)).size).toBe(885);
    const before = hash();
    tower.vehicle.setParameter('RTL_RETURN_ALT', 31);
    expect(hash()).not.toBe(before);
    tower.vehicle.setParameter('RTL_RETURN_ALT', 30);
    expect(hash()).toBe(before);
  });
});
