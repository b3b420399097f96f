import { lookup } from 'node:dns/promises';
import type { Wind } from './aircraft/aircraft-state.ts';
import type { GeoPoint } from './aircraft/local-frame.ts';
import { DEFAULT_STARTUP_S } from './ardupilot/startup.ts';
import { SimError } from './errors.ts';
import { ringOfHomes } from './homes.ts';
import { GOOD_NETWORK, Impairment, type NetworkConditions } from './network/impairment.ts';
import { TcpVehicle } from './network/tcp-vehicle.ts';
import { UdpVehicle } from './network/udp-vehicle.ts';
import type { VehicleEndpoint } from './network/vehicle-endpoint.ts';
import { createRandom, deriveSeed } from './prng.ts';
import { SimAircraft } from './sim-aircraft.ts';
import { createVehicle, type Flavour } from './vehicle/create-vehicle.ts';
import type { SimulatedVehicle } from './vehicle/simulated-vehicle.ts';

export interface SimAircraftSpec extends GeoPoint {
  /** 1–255; two aircraft may share one, as in the field. */
  readonly systemId: number;
  readonly name?: string;
  /** Default `copter`. */
  readonly flavour?: Flavour;
}

/** Faults and network that an aircraft starts with; every one can be switched later on `SimAircraft`. */
export interface SimFaults extends Partial<NetworkConditions> {
  readonly refuseToArm?: string;
  readonly storeWrongItem?: boolean;
  readonly batteryPct?: number;
}

export interface SimFleetOptions {
  /** Either: that many on a ring near 25.28 N 110.29 E, system ids from 1. */
  readonly count?: number;
  /** Or: these. */
  readonly aircraft?: readonly SimAircraftSpec[];
  /** Ground station that every aircraft sends to by UDP; null with TCP only. */
  readonly target: { readonly host: string; readonly port: number } | null;
  /** Also a TCP server per aircraft, on base, base + 10, base + 20 … as SITL does. */
  readonly tcpPortBase?: number;
  /** Simulated seconds per second; default 1. Message rates are in simulated time, protocol timers in wall time. */
  readonly speed?: number;
  readonly seed?: number;
  /** Seconds until an aircraft can be armed; default 4, the real one needs about 40. */
  readonly startupS?: number;
  readonly wind?: Wind;
  readonly missionCapacity?: number;
  readonly parameters?: Readonly<Record<string, number>>;
  readonly faults?: { readonly all?: SimFaults; readonly bySystemId?: Readonly<Record<number, SimFaults>> };
  /** UTC in milliseconds of the start, for SYSTEM_TIME; default now. */
  readonly bootEpochMs?: number;
  /** Trouble with a socket, once per kind and aircraft; default: nothing, the aircraft flies on. */
  readonly onProblem?: (systemId: number, problem: Error) => void;
}

export interface SimFleet {
  readonly seed: number;
  readonly all: readonly SimAircraft[];
  /** The (first) aircraft with this system id. @throws SimError `sim.no-aircraft`. */
  aircraft(systemId: number): SimAircraft;
  /** Simulated seconds that could not be caught up because the process was too slow. */
  readonly lostS: number;
  /** Idempotent; resolves when the tick and every socket are gone. */
  close(): Promise<void>;
}

/** Wall time between two ticks of the whole fleet; there are no timers per aircraft. */
const TICK_MS = 20;
/** Fixed step of physics and rates: with steps that follow the wall clock no two runs would be alike. */
const STEP_S = 0.04;
/** A process that was stopped does not fly the missed time in one go. */
const MAX_CATCH_UP_S = 0.5;
/** Light and steady: 2 m/s from the south-west with small gusts. */
const DEFAULT_WIND: Wind = { eastMps: 1.4, northMps: 1.4, gustMps: 0.5 };

interface Member {
  readonly vehicle: SimulatedVehicle;
  readonly impairment: Impairment;
  readonly endpoints: VehicleEndpoint[];
  readonly handle: SimAircraft;
}

/**
 * Starts simulated aircraft with real sockets. Resolves when all of them are open and the clock runs.
 * @throws SimError `sim.host-unknown`, `sim.port-busy`, `sim.bad-option`.
 */
export async function startSimFleet(options: SimFleetOptions): Promise<SimFleet> {
  const seed = options.seed ?? 1;
  const speed = options.speed ?? 1;
  if (!(speed > 0 && speed <= 100)) {
    throw new SimError('sim.bad-option', `speed is ${speed}; allowed is more than 0 up to 100`, { speed });
  }
  const nowMs = () => performance.now();
  const target = options.target === null ? null : await resolveTarget(options.target);
  const members = specsOf(options).map((spec, index) => createMember(spec, index, seed, options, nowMs));
  try {
    await openEndpoints(members, target, options, nowMs);
  } catch (problem) {
    await closeAll(members);
    throw problem;
  }
  return runFleet(members, seed, speed, nowMs);
}

function specsOf(options: SimFleetOptions): readonly SimAircraftSpec[] {
  const specs =
    options.aircraft ??
    ringOfHomes(options.count ?? 1).map((home, index) => ({ ...home, systemId: index + 1 }));
  for (const { systemId } of specs) {
    if (!Number.isInteger(systemId) || systemId < 1 || systemId > 255) {
      throw new SimError('sim.bad-option', `system id is ${systemId}; allowed are 1 to 255`, { systemId });
    }
  }
  return specs;
}

async function resolveTarget(target: { readonly host: string; readonly port: number }) {
  try {
    const { address } = await lookup(target.host, { family: 4 });
    return { address, port: target.port };
  } catch (cause) {
    const message = `the host "${target.host}" has no IPv4 address that this machine can find`;
    throw new SimError('sim.host-unknown', message, { host: target.host }, cause);
  }
}

function createMember(
  spec: SimAircraftSpec,
  index: number,
  seed: number,
  options: SimFleetOptions,
  nowMs: () => number,
): Member {
  const { systemId } = spec;
  const own = deriveSeed(seed, `aircraft-${index}`);
  const vehicle = createVehicle({
    flavour: spec.flavour ?? 'copter',
    systemId,
    start: { lonDeg: spec.lonDeg, latDeg: spec.latDeg, altitudeAmslM: spec.altitudeAmslM },
    seed: own,
    startupS: options.startupS ?? DEFAULT_STARTUP_S,
    wind: options.wind ?? DEFAULT_WIND,
    uid2: hardwareUid(own),
    bootEpochMs: options.bootEpochMs ?? Date.now(),
    missionCapacity: options.missionCapacity ?? null,
    parameters: { ...options.parameters, SIM_SPEEDUP: options.speed ?? 1 },
  });
  const faults = { ...options.faults?.all, ...options.faults?.bySystemId?.[systemId] };
  const { lossFraction, duplicateFraction, delayMs, jitterMs } = { ...GOOD_NETWORK, ...faults };
  const impairment = new Impairment(createRandom(deriveSeed(own, 'network')), {
    lossFraction,
    duplicateFraction,
    delayMs,
    jitterMs,
  });
  const handle = new SimAircraft(spec.name ?? `SIM-${systemId}`, vehicle, impairment, nowMs);
  if (faults.refuseToArm !== undefined) handle.refuseToArm(faults.refuseToArm);
  if (faults.storeWrongItem === true) handle.storeWrongItem();
  if (faults.batteryPct !== undefined) handle.setBattery(faults.batteryPct);
  return { vehicle, impairment, endpoints: [], handle };
}

/** Unlike SITL, where every copy reports the same: each aircraft has its own, stable for a seed. */
function hardwareUid(seed: number): readonly number[] {
  const random = createRandom(deriveSeed(seed, 'uid'));
  return Array.from({ length: 18 }, () => 1 + Math.floor(random() * 255));
}

async function openEndpoints(
  members: readonly Member[],
  target: { readonly address: string; readonly port: number } | null,
  options: SimFleetOptions,
  nowMs: () => number,
): Promise<void> {
  for (const [index, { vehicle, impairment, endpoints }] of members.entries()) {
    if (target !== null) {
      const onProblem = (problem: Error) => options.onProblem?.(vehicle.systemId, problem);
      endpoints.push(await UdpVehicle.open({ vehicle, target, impairment, nowMs, onProblem }));
    }
    if (options.tcpPortBase === undefined) continue;
    const port = options.tcpPortBase + index * 10;
    try {
      endpoints.push(await TcpVehicle.open({ vehicle, host: '127.0.0.1', port, impairment, nowMs }));
    } catch (cause) {
      throw new SimError(
        'sim.port-busy',
        `TCP port ${port} cannot be listened on; choose another base`,
        { port },
        cause,
      );
    }
  }
}

function runFleet(members: readonly Member[], seed: number, speed: number, nowMs: () => number): SimFleet {
  let lastMs = nowMs();
  let owedS = 0;
  let lostS = 0;
  const tick = () => {
    const wallMs = nowMs();
    owedS += ((wallMs - lastMs) / 1000) * speed;
    lastMs = wallMs;
    const limitS = MAX_CATCH_UP_S * speed;
    if (owedS > limitS) {
      lostS += owedS - limitS;
      owedS = limitS;
    }
    const steps = Math.floor(owedS / STEP_S);
    owedS -= steps * STEP_S;
    for (const { vehicle, impairment, endpoints } of members) {
      for (let step = 0; step < steps; step += 1) vehicle.step(STEP_S);
      vehicle.tickProtocol(wallMs);
      vehicle.flush();
      impairment.tick(wallMs);
      for (const endpoint of endpoints) endpoint.tick(wallMs);
    }
  };
  const timer = setInterval(tick, TICK_MS);
  let closed: Promise<void> | null = null;
  return {
    seed,
    all: members.map((member) => member.handle),
    get lostS() {
      return lostS;
    },
    aircraft(systemId) {
      const member = members.find((candidate) => candidate.handle.systemId === systemId);
      if (member === undefined) {
        throw new SimError('sim.no-aircraft', `no simulated aircraft has system id ${systemId}`, {
          systemId,
        });
      }
      return member.handle;
    },
    close() {
      clearInterval(timer);
      closed ??= closeAll(members);
      return closed;
    },
  };
}

async function closeAll(members: readonly Member[]): Promise<void> {
  await Promise.all(members.flatMap((member) => member.endpoints.map((endpoint) => endpoint.close())));
}
