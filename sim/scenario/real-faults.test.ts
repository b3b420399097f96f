import { describe, expect, it } from 'vitest';
import { decodeById } from '../../firmware-bridge/codec/decoder.ts';
import { Framer } from '../../firmware-bridge/codec/framer.ts';
import { ParamSet } from '../../firmware-bridge/codec/messages.ts';
import { type AutopilotRelay, stationFrames } from './autopilot-relay.ts';
import { parameterOrder, realFault, startParameters } from './real-faults.ts';
import { RealMischief } from './real-mischief.ts';
import type { AutopilotName } from './schema-parts.ts';
import { stationAction } from './station-action.ts';

const CALM = { eastMps: 0, northMps: 0 };
const GUST = { kind: 'wind-gust', eastMps: 6, northMps: 0, durationS: 30 } as const;

const sent = (action: Parameters<typeof stationFrames>[1]) => {
  const messages: unknown[] = [];
  stationFrames(7, action, (bytes) => {
    for (const frame of new Framer().pushDatagram(bytes)) messages.push(decodeById(frame));
  });
  return messages;
};

describe('faults of real autopilots', () => {
  it("add a gust to the steady wind and go back to it, in SITL's from-directions", () => {
    const fault = realFault('copter', GUST, { eastMps: 0, northMps: 8 });
    expect(fault?.begin).toMatchObject([
      { name: 'SIM_WIND_SPD', value: 10 },
      { name: 'SIM_WIND_DIR', value: expect.closeTo(216.87, 2) },
    ]);
    expect(fault?.end).toMatchObject([
      { name: 'SIM_WIND_SPD', value: 8 },
      { name: 'SIM_WIND_DIR', value: 180 },
    ]);
    expect(fault?.durationS).toBe(30);
  });

  it('set a charge by MAV_CMD_BATTERY_RESET on ArduPilot', () => {
    expect(realFault('copter', { kind: 'battery', remainingPct: 40 }, CALM)?.begin).toEqual([
      { kind: 'command', command: 42_651, params: [1, 40] },
    ]);
  });

  it.each([
    ['px4', GUST],
    ['px4', { kind: 'battery', remainingPct: 40 }],
    ['copter', { kind: 'mission-not-stored', durationS: null }],
  ] as const)('are refused where the simulation cannot have them: %s %o', (autopilot, fault) => {
    expect(realFault(autopilot, fault, CALM)).toBeNull();
  });

  it('set an integer of PX4 by its bits, in its own type', () => {
    const messages = sent(parameterOrder('px4', 'SIM_GPS_USED', 10));
    const set = messages.find((message): message is ParamSet => message instanceof ParamSet);
    expect(set?.paramType).toBe(6);
    const bits = Buffer.alloc(4);
    bits.writeFloatLE(set?.paramValue ?? 0);
    expect(bits.readInt32LE()).toBe(10);
    for (const action of [
      parameterOrder('px4', 'MPC_XY_CRUISE', 5),
      parameterOrder('copter', 'SIM_GPS1_ENABLE', 5),
    ])
      expect(sent(action)).toContainEqual(expect.objectContaining({ paramType: 9, paramValue: 5 }));
  });

  it("loiter by each autopilot's own number of the mode", () => {
    expect(stationAction('loiter', 'copter')).toEqual({ kind: 'mode', customMode: 5 });
    expect(stationAction('loiter', 'px4')).toEqual({ kind: 'mode', customMode: 0x0304_0000 });
    expect(stationAction('land', 'px4')).toEqual({ kind: 'land' });
  });

  it('begin with the wind of the scenario, where there is one', () => {
    const wind = { eastMps: 3, northMps: 4, gustMps: 1 };
    expect(startParameters('copter', wind)).toMatchObject({ SIM_WIND_SPD: 5, SIM_WIND_TURB: 1 });
    expect(startParameters('px4', wind)).toBeNull();
    expect(startParameters('px4', null)).toMatchObject({ SIM_BAT_DRAIN: 1800 });
  });
});

describe('mischief with real autopilots', () => {
  const names: string[] = [];
  let timeS = 0;
  const mischiefOn = (autopilot: AutopilotName): RealMischief => {
    names.length = 0;
    timeS = 0;
    const inject: AutopilotRelay['inject'] = (_systemId, send) =>
      send((bytes) => {
        for (const frame of new Framer().pushDatagram(bytes)) {
          const message = decodeById(frame);
          if (message instanceof ParamSet) names.push(`${message.paramId}=${message.paramValue.toFixed(0)}`);
        }
      });
    const relay = { inject } as AutopilotRelay;
    return new RealMischief({ relay, autopilotOf: () => autopilot, timeS: () => timeS, wind: CALM });
  };
  const D01 = {
    ...{ name: 'D-01', systemId: 1, home: { eastM: 0, northM: 0 } },
    truth: () => null,
    commands: () => null,
  };

  it('ends a fault when its simulated seconds are over, once', () => {
    const mischief = mischiefOn('copter');
    mischief.fault(D01, GUST);
    timeS = 29;
    mischief.tick();
    expect(names).toEqual(['SIM_WIND_SPD=6', 'SIM_WIND_DIR=270']);
    timeS = 30;
    mischief.tick();
    mischief.tick();
    expect(names.slice(2)).toEqual(['SIM_WIND_SPD=0', 'SIM_WIND_DIR=180']);
  });

  it('clears what lasts until it is cleared', () => {
    const mischief = mischiefOn('copter');
    mischief.fault(D01, { kind: 'gps-loss', durationS: null });
    timeS = 10_000;
    mischief.tick();
    mischief.clearFault(D01, 'wind-gust');
    expect(names).toEqual(['SIM_GPS1_ENABLE=0']);
    mischief.clearFault(D01, 'gps-loss');
    expect(names).toEqual(['SIM_GPS1_ENABLE=0', 'SIM_GPS1_ENABLE=1']);
  });

  it('says what it cannot do instead of passing it over', () => {
    expect(() => mischiefOn('px4').fault(D01, GUST)).toThrow(/wind-gust on px4; mark the scenario/);
  });
});
