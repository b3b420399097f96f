import type { Wind } from './aircraft/aircraft-state.ts';
import { LocalFrame } from './aircraft/local-frame.ts';
import { DEFAULT_STARTUP_S } from './ardupilot/startup.ts';
import { SimError } from './errors.ts';
import type { FleetSettings, SimAircraftSpec, TwinOptions } from './fleet-model.ts';
import { ringOfHomes } from './homes.ts';
import type { DirectedNetwork } from './network/network-director.ts';
import type { VehicleEndpoint } from './network/vehicle-endpoint.ts';
import { type AddressChange, VehicleNetwork } from './network/vehicle-network.ts';
import { createRandom, deriveSeed } from './prng.ts';
import { SimAircraft } from './sim-aircraft.ts';
import { createVehicle } from './vehicle/create-vehicle.ts';
import type { SimulatedVehicle } from './vehicle/simulated-vehicle.ts';

/** Light and steady: 2 m/s from the south-west with small gusts. */
const DEFAULT_WIND: Wind = { eastMps: 1.4, northMps: 1.4, gustMps: 0.5 };

/** One aircraft of a fleet with everything that belongs to it. */
export interface Member extends DirectedNetwork {
  readonly systemId: number;
  readonly spec: SimAircraftSpec;
  /** Place in the order of joining; what is drawn for it comes from this. */
  readonly index: number;
  readonly vehicle: SimulatedVehicle;
  readonly network: VehicleNetwork;
  readonly endpoints: VehicleEndpoint[];
  readonly handle: SimAircraft;
  isOn: boolean;
}

export interface MemberHost {
  readonly nowMs: () => number;
  /** Trouble that nobody waits for. */
  readonly onProblem: (systemId: number, problem: Error) => void;
}

/** @throws SimError `sim.bad-option` */
export function specsOf(settings: FleetSettings): readonly SimAircraftSpec[] {
  const specs =
    settings.aircraft ??
    ringOfHomes(settings.count ?? 1).map((home, index) => ({ ...home, systemId: index + 1 }));
  for (const spec of specs) requireSystemId(spec);
  return specs;
}

export function requireSystemId({ systemId }: SimAircraftSpec): void {
  if (!Number.isInteger(systemId) || systemId < 1 || systemId > 255) {
    throw new SimError('sim.bad-option', `system id is ${systemId}; allowed are 1 to 255`, { systemId });
  }
}

/** @param index counts every aircraft that ever joined; @param uidIndex whose hardware id it has, default its own */
export function createMember(
  spec: SimAircraftSpec,
  index: number,
  settings: FleetSettings,
  host: MemberHost,
  uidIndex = index,
): Member {
  const { systemId } = spec;
  const seed = settings.seed ?? 1;
  const own = deriveSeed(seed, `aircraft-${index}`);
  const vehicle = createVehicle({
    flavour: spec.flavour ?? 'copter',
    systemId,
    start: { lonDeg: spec.lonDeg, latDeg: spec.latDeg, altitudeAmslM: spec.altitudeAmslM },
    seed: own,
    startupS: settings.startupS ?? DEFAULT_STARTUP_S,
    wind: settings.wind ?? DEFAULT_WIND,
    uid2: hardwareUid(deriveSeed(seed, `aircraft-${uidIndex}`)),
    bootEpochMs: settings.bootEpochMs ?? Date.now(),
    missionCapacity: settings.missionCapacity ?? null,
    parameters: { ...settings.parameters, SIM_SPEEDUP: settings.speed ?? 1 },
  });
  const faults = { ...settings.faults?.all, ...settings.faults?.bySystemId?.[systemId] };
  const { refuseToArm, storeWrongItem, batteryPct, ...conditions } = faults;
  const network = new VehicleNetwork(deriveSeed(own, 'network'), conditions);
  const endpoints: VehicleEndpoint[] = [];
  const changeAddress = async (change: AddressChange) => {
    const movable = endpoints.filter((endpoint) => endpoint.changeAddress !== undefined);
    if (movable.length === 0) {
      const message = `aircraft ${systemId} has no UDP address that could change; start the fleet with a target`;
      throw new SimError('sim.no-udp', message, { systemId });
    }
    for (const endpoint of movable) await endpoint.changeAddress?.(change);
  };
  const handle = new SimAircraft(spec.name ?? `SIM-${systemId}`, vehicle, network, {
    nowMs: host.nowMs,
    changeAddress,
  });
  if (refuseToArm !== undefined) handle.refuseToArm(refuseToArm);
  if (storeWrongItem === true) handle.storeWrongItem();
  if (batteryPct !== undefined) handle.setBattery(batteryPct);
  return {
    ...{ systemId, spec, index, vehicle, network, endpoints, handle, isOn: true },
    changeAddress(change) {
      changeAddress(change).catch((problem: unknown) => host.onProblem(systemId, asError(problem)));
    },
  };
}

/** The place of a twin: beside the one whose system id it has. */
export function twinSpec(spec: SimAircraftSpec, options: TwinOptions): SimAircraftSpec {
  const { eastM = 500, northM = 0 } = options;
  const place = new LocalFrame(spec).toGeo({ eastM, northM, upM: 0 });
  return { ...spec, ...place, name: `${spec.name ?? `SIM-${spec.systemId}`}-twin` };
}

export function asError(problem: unknown): Error {
  return problem instanceof Error ? problem : new Error(String(problem));
}

/** Unlike SITL, where every copy reports the same: each aircraft has its own, stable for a seed. */
function hardwareUid(seed: number): readonly number[] {
  const random = createRandom(deriveSeed(seed, 'uid'));
  return Array.from({ length: 18 }, () => 1 + Math.floor(random() * 255));
}
