import type { Wind } from './aircraft/aircraft-state.ts';
import type { GeoPoint } from './aircraft/local-frame.ts';
import type { FaultScript } from './faults/fault-script.ts';
import type { ReplayOptions } from './faults/replay.ts';
import type { RogueOptions } from './faults/rogue-station.ts';
import type { NetworkConditions } from './network/conditions.ts';
import type { NetworkScript } from './network/network-script.ts';
import type { SimAircraft } from './sim-aircraft.ts';
import type { Flavour } from './vehicle/create-vehicle.ts';

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

/** What a fleet is, with or without sockets. */
export interface FleetSettings {
  /** Either: that many on a ring near 25.28 N 110.29 E, system ids from 1. */
  readonly count?: number;
  /** Or: these. */
  readonly aircraft?: readonly SimAircraftSpec[];
  /** Simulated seconds per second; default 1. Message rates are in simulated time, protocol timers in wall time. */
  readonly speed?: number;
  readonly seed?: number;
  /** Seconds until an aircraft can be armed; default 4, the real one needs about 40. */
  readonly startupS?: number;
  readonly wind?: Wind;
  readonly missionCapacity?: number;
  readonly parameters?: Readonly<Record<string, number>>;
  readonly faults?: { readonly all?: SimFaults; readonly bySystemId?: Readonly<Record<number, SimFaults>> };
  /** What happens to the network when. */
  readonly networkScript?: NetworkScript;
  /** What goes wrong aboard and around the aircraft when. */
  readonly faultScript?: FaultScript;
  /** UTC in milliseconds of the start, for SYSTEM_TIME; default now. */
  readonly bootEpochMs?: number;
}

export interface SimFleetOptions extends FleetSettings {
  /** Ground station that every aircraft sends to by UDP; null without UDP. */
  readonly target: { readonly host: string; readonly port: number } | null;
  /** Also a TCP server per aircraft, on base, base + 10, base + 20 … as SITL does. */
  readonly tcpPortBase?: number;
  /** Also a TCP connection of every aircraft to this ground station, tried again until it listens. */
  readonly tcpClient?: { readonly host: string; readonly port: number };
  /** Also a pseudo-terminal per aircraft: `folder`/drone-1, drone-2 … by system id (a twin's ends in -b). */
  readonly pty?: { readonly folder: string; readonly baudRate: number };
  /** File that gets all traffic that arrives, both ways, stamped with simulated time. An older one is overwritten. */
  readonly tlogPath?: string;
  /** Trouble with a socket, once per kind and aircraft; default: nothing, the aircraft flies on. */
  readonly onProblem?: (systemId: number, problem: Error) => void;
}

/** A second aircraft with the same system id. */
export interface TwinOptions {
  /** Where it stands, from the start place of the first one; default 500 m east. */
  readonly eastM?: number;
  readonly northM?: number;
  /** The same hardware id too, as two boards cloned from one image; default false. */
  readonly sameUid?: boolean;
}

/** Something that runs beside the fleet until it is closed (the fleet closes it too). */
export interface Surrounding {
  close(): Promise<void>;
}

export interface RogueHandle extends Surrounding {
  /** What it sent so far, in words, oldest first. */
  readonly log: readonly string[];
}

export interface ReplayHandle extends Surrounding {
  /** Datagrams sent again so far. */
  readonly sent: number;
}

export interface SimFleet {
  readonly seed: number;
  readonly all: readonly SimAircraft[];
  /** Simulated seconds since the start. */
  readonly timeS: number;
  /** The (first) aircraft with this system id. @throws SimError `sim.no-aircraft`. */
  aircraft(systemId: number): SimAircraft;
  /** Another one is switched on. Resolves when its endpoints are open. */
  addAircraft(spec: SimAircraftSpec): Promise<SimAircraft>;
  /** It is gone for good: sockets closed, nothing flies. Resolves when they are. Again: nothing happens. */
  removeAircraft(aircraft: SimAircraft): Promise<void>;
  /** As somebody pulling the battery; what is stored stays, a flight ends where it is. Again: nothing happens. */
  powerOff(systemId: number): Promise<void>;
  /** Starts again like after a reboot, from another port. */
  powerOn(systemId: number): Promise<void>;
  /** A second aircraft with the system id of one that flies. */
  addTwin(systemId: number, options?: TwinOptions): Promise<SimAircraft>;
  /** A second ground station that interferes, from an address of its own. @throws SimError `sim.no-udp` */
  rogue(options: RogueOptions): Promise<RogueHandle>;
  /** Sends old traffic of an aircraft again, from an address of its own. @throws SimError `sim.no-udp` */
  replay(systemId: number, options: ReplayOptions): Promise<ReplayHandle>;
  /** Simulated seconds that could not be caught up because the process was too slow. */
  readonly lostS: number;
  /** Idempotent; resolves when the tick and every socket are gone. */
  close(): Promise<void>;
}
