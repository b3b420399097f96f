import { parseVehicleFault } from '../faults/vehicle-fault-schema.ts';
import { type SimFleet, startSimFleet } from '../fleet.ts';
import type { SimAircraft } from '../sim-aircraft.ts';
import { DEFAULT_ORIGIN, type Ground } from './geometry.ts';
import { ScenarioError } from './scenario-error.ts';
import type { FleetEntry, Scenario } from './schema.ts';
import type { AutopilotName } from './schema-parts.ts';
import { stationAction } from './station-action.ts';
import type { Mischief, TestAircraft, TestFleet, Truth } from './test-fleet.ts';

export interface FleetStart {
  readonly scenario: Scenario;
  readonly ground: Ground;
  readonly target: { readonly host: string; readonly port: number };
  readonly speed: number;
  readonly seed: number;
  readonly onProblem: (text: string) => void;
}

/** Drones of the runner are ready to fly soon: what a start is like has tests of its own. */
const STARTUP_S = 2;
/** One heartbeat and what was ordered; then it is gone. */
const STATION_STAYS_MS = 1500;

export const systemIdOf = ({ name, systemId }: FleetEntry): number =>
  systemId ?? Number(name.split('-')[1] ?? 1);

/** The scenario's fleet as simulated aircraft in this process. */
export async function startSimulatedFleet(start: FleetStart): Promise<TestFleet> {
  const { scenario, ground, speed, seed } = start;
  const altitudeAmslM = (scenario.origin ?? DEFAULT_ORIGIN).altitudeAmslM;
  const fleet = await startSimFleet({
    aircraft: scenario.fleet.map((entry) => ({
      ...ground.toGeo(entry.home),
      ...{ altitudeAmslM, systemId: systemIdOf(entry), name: entry.name, flavour: entry.flavour ?? 'copter' },
    })),
    target: start.target,
    ...{ speed, seed, startupS: STARTUP_S },
    ...(scenario.wind === undefined ? {} : { wind: scenario.wind }),
    ...(scenario.parameters === undefined ? {} : { parameters: scenario.parameters }),
    ...(scenario.network === undefined ? {} : { faults: { all: scenario.network } }),
    onProblem: (systemId, problem) => start.onProblem(`aircraft ${systemId}: ${problem.message}`),
  });
  const handles = new Map<TestAircraft, SimAircraft>();
  const px4s = new Set<TestAircraft>();
  for (const [index, entry] of scenario.fleet.entries()) {
    const handle = fleet.all[index];
    if (handle === undefined) continue;
    if (entry.batteryPct !== undefined) handle.setBattery(entry.batteryPct);
    const aircraft = testAircraft(entry, handle, ground);
    handles.set(aircraft, handle);
    if (entry.flavour === 'px4') px4s.add(aircraft);
  }
  return {
    title: `${handles.size} simulated aircraft`,
    aircraft: [...handles.keys()],
    timeS: () => fleet.timeS,
    mischief: mischiefOf(fleet, handles, (aircraft) => (px4s.has(aircraft) ? 'px4' : 'copter')),
    lostS: () => fleet.lostS,
    close: () => fleet.close(),
  };
}

function testAircraft(entry: FleetEntry, handle: SimAircraft, ground: Ground): TestAircraft {
  return {
    name: entry.name,
    systemId: handle.systemId,
    home: entry.home,
    truth(): Truth {
      const { truth } = handle;
      const { armed, landed, mode, batteryPct, relativeAltitudeM: heightM } = truth;
      return { ...ground.toPlace(truth), heightM, armed, landed, mode, batteryPct };
    },
    commands: () => handle.commands,
  };
}

function mischiefOf(
  fleet: SimFleet,
  handles: ReadonlyMap<TestAircraft, SimAircraft>,
  autopilotOf: (aircraft: TestAircraft) => AutopilotName,
): Mischief {
  const of = (aircraft: TestAircraft): SimAircraft => {
    const handle = handles.get(aircraft);
    if (handle === undefined) throw new Error(`${aircraft.name} is not of this fleet`);
    return handle;
  };
  return {
    network(aircraft, { set, cut, direction }) {
      const handle = of(aircraft);
      if (set !== null) handle.setNetwork(set, direction);
      if (cut !== null) handle.cutLink(cut, direction);
    },
    changeAddress: (aircraft) => of(aircraft).changeAddress(),
    power: (aircraft, isOn) => (isOn ? fleet.powerOn(aircraft.systemId) : fleet.powerOff(aircraft.systemId)),
    fault(aircraft, fault) {
      if (of(aircraft).inject(parseVehicleFault(fault, 'fault'))) return;
      throw new ScenarioError(
        'scenario.bad-file',
        `${aircraft.name} has nothing that could fail so: ${fault.kind}`,
      );
    },
    clearFault: (aircraft, kind) => of(aircraft).clearFault(kind),
    parameter: (aircraft, name, value) => of(aircraft).setParameter(name, value),
    async otherStation(aircraft, does) {
      const station = await fleet.rogue({
        systemIds: [aircraft.systemId],
        steps: [{ atS: 0, action: stationAction(does, autopilotOf(aircraft)) }],
      });
      await new Promise((resolve) => setTimeout(resolve, STATION_STAYS_MS));
      await station.close();
    },
  };
}
