import type { Logger } from 'pino';
import { airframeKindOf, autopilotKindOf } from '../autopilot/modes.ts';
import { decode } from '../codec/decoder.ts';
import type { Frame } from '../codec/framer.ts';
import {
  AutopilotVersion,
  buildMessage,
  CommandLong,
  GlobalPositionInt,
  Heartbeat,
  MavAutopilot,
  MavCmd,
  MavComponent,
  RadioStatus,
} from '../codec/messages.ts';
import type { Link } from '../link/link.ts';
import { noticeBootTime } from '../link/link-set.ts';
import { LossTracker } from '../link/loss.ts';
import type { BridgeEvent, Clock, VehicleId } from '../model.ts';
import { isForeignType } from './components.ts';
import { bootTimeOf } from './duplicates.ts';
import { hardwareUidOf, vehicleIdOf } from './identity.ts';
import { IdentityConflicts } from './identity-conflicts.ts';
import type { Source } from './source.ts';
import { SourceIndex } from './source-index.ts';
import type { Vehicle } from './vehicle.ts';

/**
 * Who is who. A sender is (link, endpoint, system, component); an aircraft is its hardware uid. Only autopilots of
 * real vehicles become vehicles.
 *
 *   heartbeat of an autopilot ──► asking for AUTOPILOT_VERSION (every second)
 *                                   ├─ uid known    ──► that vehicle, heard at one more address
 *                                   ├─ uid new      ──► new vehicle, id from the uid
 *                                   └─ 5 s silence  ──► vehicle `<linkId>-<sysid>` ──uid, on the ground──► as above
 *
 * Two aircraft that fly with one system id on one link are kept apart by endpoint and uid; both carry the conflict
 * until one of them is silent.
 */
interface Entry extends Source {
  /** Null while it is being asked who it is. */
  vehicle: Vehicle | null;
  /** While asking: since when, when to ask again, and the newest heartbeat. */
  askedSinceMs: number;
  nextAskAtMs: number;
  heartbeat: Frame;
}

export interface DirectoryOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ourSystemId: number;
  readonly lostAfterMs: number;
  readonly createVehicle: (vehicleId: VehicleId, source: Source) => Vehicle;
  readonly onEvent: (event: BridgeEvent) => void;
}

const IDENTIFY_MS = 5_000;
const ASK_EVERY_MS = 1_000;
/** One that was published without an answer: its firmware may know none, so seldom. */
const ASK_UNIDENTIFIED_EVERY_MS = 5_000;
const MAX_SOURCES = 2_000;
/** An aircraft that changed its address is silent at the old one by then. */
const OLD_ADDRESS_SILENT_MS = 1_500;
const TWIN_AFTER_MS = 3_000;

export class Directory {
  readonly #options: DirectoryOptions;
  readonly #sources = new SourceIndex<Entry>();
  readonly #conflicts: IdentityConflicts;
  readonly #vehicles = new Map<VehicleId, Vehicle>();
  #warnedOwnSystemId = false;

  constructor(options: DirectoryOptions) {
    this.#options = options;
    this.#conflicts = new IdentityConflicts(options);
  }

  get vehicles(): ReadonlyMap<VehicleId, Vehicle> {
    return this.#vehicles;
  }

  /** The aircraft whose autopilot has this system id at this endpoint. */
  vehicleAt(link: Link, endpoint: string, systemId: number): Vehicle | null {
    return this.#sources.at(link, endpoint, systemId)?.vehicle ?? null;
  }

  vehiclesAtEndpoint(link: Link, endpoint: string): readonly Vehicle[] {
    const vehicles: Vehicle[] = [];
    for (const source of this.#sources.atEndpoint(link, endpoint)) {
      if (source.vehicle !== null) vehicles.push(source.vehicle);
    }
    return vehicles;
  }

  handle(link: Link, endpoint: string, frame: Frame, atMs: number): void {
    if (!frame.known) return;
    // A radio modem speaks for itself (system 51), about the link that all vehicles at its end share.
    if (frame.messageId === RadioStatus.MSG_ID) {
      const message = decode(frame, RadioStatus);
      for (const vehicle of this.vehiclesAtEndpoint(link, endpoint)) vehicle.handleMessage(message, atMs);
      return;
    }
    if (frame.componentId !== MavComponent.AUTOPILOT1) {
      this.#handleComponent(link, endpoint, frame, atMs);
      return;
    }
    const source =
      this.#sources.at(link, endpoint, frame.systemId) ?? this.#meet(link, endpoint, frame, atMs);
    if (source === null) return;
    source.loss.count(frame.sequence, atMs);
    const bootMs = bootTimeOf(frame);
    if (bootMs !== null) noticeBootTime(source, bootMs, atMs);
    if (atMs - source.lastHeardAtMs > this.#options.lostAfterMs) source.askedSinceMs = atMs;
    source.lastHeardAtMs = atMs;
    if (frame.messageId === AutopilotVersion.MSG_ID) this.#learnVersion(source, frame, atMs);
    if (source.vehicle !== null) source.vehicle.handle(source, frame, atMs);
    else if (frame.messageId === Heartbeat.MSG_ID) {
      source.heartbeat = frame;
      this.#ask(source, atMs);
    }
  }

  /** Several times a second. */
  tick(nowMs: number): void {
    for (const source of this.#sources.all) {
      if (source.vehicle !== null) {
        const isUnknown = source.vehicle.identity.hardwareUid === null;
        if (isUnknown && nowMs >= source.nextAskAtMs) this.#ask(source, nowMs, ASK_UNIDENTIFIED_EVERY_MS);
        continue;
      }
      if (nowMs - source.lastHeardAtMs > this.#options.lostAfterMs) continue;
      if (nowMs - source.askedSinceMs >= IDENTIFY_MS) this.#publishUnidentified(source, nowMs);
      else this.#ask(source, nowMs);
    }
    this.#conflicts.tick(this.#sources.bySystem, this.#vehicles.values(), nowMs);
  }

  /** Cameras, gimbals, companions: parts of the vehicle whose system id they use. */
  #handleComponent(link: Link, endpoint: string, frame: Frame, atMs: number): void {
    const source = this.#sources.at(link, endpoint, frame.systemId) ?? this.#onlySource(link, frame.systemId);
    if (source?.vehicle == null) return;
    // A ground station that was given an aircraft's system id is no part of that aircraft.
    if (frame.messageId === Heartbeat.MSG_ID && isForeignType(decode(frame, Heartbeat).type)) return;
    source.vehicle.handleComponent(source, frame, link, endpoint, atMs);
  }

  /** A component with a modem of its own: whose it is, is sure only while one aircraft has that system id. */
  #onlySource(link: Link, systemId: number): Entry | null {
    let only: Entry | null = null;
    for (const source of this.#sources.ofSystem(link, systemId)) {
      if (only !== null && only.vehicle !== source.vehicle) return null;
      only = source;
    }
    return only;
  }

  /** A new sender, when this frame is the heartbeat of a vehicle's autopilot. */
  #meet(link: Link, endpoint: string, frame: Frame, atMs: number): Entry | null {
    if (frame.messageId !== Heartbeat.MSG_ID) return null;
    const heartbeat = decode(frame, Heartbeat);
    if (heartbeat.autopilot === MavAutopilot.INVALID || airframeKindOf(heartbeat.type) === null) return null;
    if (frame.systemId === this.#options.ourSystemId) {
      if (!this.#warnedOwnSystemId) {
        this.#warnedOwnSystemId = true;
        this.#options.logger.warn(
          { systemId: frame.systemId, endpoint, linkId: link.linkId },
          'an aircraft uses the system id of this ground station: it cannot be commanded until one of them is changed',
        );
      }
      return null;
    }
    if (this.#sources.all.size >= MAX_SOURCES && !this.#forgetOldest(atMs)) return null;
    const source: Entry = {
      link,
      endpoint,
      systemId: frame.systemId,
      componentId: frame.componentId,
      loss: new LossTracker(),
      lastHeardAtMs: atMs,
      bootOffsetMs: null,
      vehicle: null,
      askedSinceMs: atMs,
      nextAskAtMs: atMs,
      heartbeat: frame,
    };
    this.#sources.add(source);
    return source;
  }

  #ask(source: Entry, nowMs: number, againAfterMs = ASK_EVERY_MS): void {
    if (nowMs < source.nextAskAtMs) return;
    source.nextAskAtMs = nowMs + againAfterMs;
    // The position's stamp tells one aircraft on two ways from two aircraft.
    for (const messageId of [AutopilotVersion.MSG_ID, GlobalPositionInt.MSG_ID]) {
      source.link.send(
        buildMessage(CommandLong, {
          targetSystem: source.systemId,
          targetComponent: source.componentId,
          command: MavCmd.REQUEST_MESSAGE,
          _param1: messageId,
        }),
        source.endpoint,
      );
    }
  }

  #learnVersion(source: Entry, frame: Frame, atMs: number): void {
    const version = decode(frame, AutopilotVersion);
    const uid = hardwareUidOf(version);
    const known = source.vehicle?.identity.hardwareUid ?? null;
    if (source.vehicle !== null && (uid === null || known === uid)) return;
    if (source.vehicle !== null && known === null) {
      this.#replaceUnidentified(source.vehicle, uid as string, version, atMs);
      return;
    }
    if (source.vehicle !== null) {
      // Another aircraft now speaks from this address.
      source.vehicle.removeSource(source);
      source.vehicle = null;
    }
    if (uid === null) this.#publishUnidentified(source, atMs);
    else this.#publishIdentified(source, uid, atMs);
    (source.vehicle as Vehicle | null)?.setVersion(version);
  }

  /**
   * Over a bad link an aircraft may have been published before it could tell who it is. Now it did: it gets its lasting
   * id, or joins the vehicle that another link has found meanwhile. Not while it flies or is busy: what others know it
   * by must not change under them. It is asked again later.
   */
  #replaceUnidentified(old: Vehicle, uid: string, version: AutopilotVersion, atMs: number): void {
    if (old.snapshot.armed !== false || old.operations.isBusy) return;
    const sources = [...this.#sources.all].filter((source) => source.vehicle === old);
    for (const source of sources) {
      old.removeSource(source);
      source.vehicle = null;
    }
    this.#vehicles.delete(old.vehicleId);
    old.close('its hardware id became known');
    let by: Vehicle | null = null;
    for (const source of sources) {
      this.#publishIdentified(source, uid, atMs);
      by = (source.vehicle as Vehicle | null) ?? by;
      (source.vehicle as Vehicle | null)?.setVersion(version);
    }
    this.#options.onEvent({
      kind: 'vehicle-replaced',
      vehicleId: old.vehicleId,
      by: by?.vehicleId ?? null,
    });
  }

  #publishIdentified(source: Entry, uid: string, atMs: number): void {
    const vehicleId = vehicleIdOf(autopilotKindOf(decode(source.heartbeat, Heartbeat).autopilot), uid);
    const known = this.#vehicles.get(vehicleId);
    if (known === undefined) {
      this.#publish(vehicleId, source, atMs);
    } else if (known.identity.systemId !== source.systemId) {
      // A uid that two system ids claim is no uid (cloned images, careless simulators), or the aircraft was given
      // another system id. Either way its commands go to another address: another entry.
      this.#publishOrAttach(`${vehicleId}-${source.systemId}` as VehicleId, source, atMs);
    } else if (!isHeardElsewhere(known, source, atMs) || isSameClock(known, source)) {
      this.#attach(known, source, atMs);
    } else if (atMs - source.askedSinceMs >= TWIN_AFTER_MS) {
      // Both addresses go on talking: not one aircraft that moved, but two with one uid and one system id.
      this.#publishOrAttach(`${vehicleId}-b` as VehicleId, source, atMs);
    }
  }

  #publishOrAttach(vehicleId: VehicleId, source: Entry, atMs: number): void {
    const known = this.#vehicles.get(vehicleId);
    if (known === undefined) this.#publish(vehicleId, source, atMs);
    else this.#attach(known, source, atMs);
  }

  #publishUnidentified(source: Entry, atMs: number): void {
    const base = `${source.link.linkId}-${source.systemId}`;
    for (let n = 1; ; n++) {
      const vehicleId = (n === 1 ? base : `${base}-${n}`) as VehicleId;
      const known = this.#vehicles.get(vehicleId);
      // Silent, and nothing tells it from the one that speaks now: it came back.
      const isFree =
        known === undefined ||
        (known.identity.hardwareUid === null &&
          atMs - known.snapshot.lastHeardAtMs >= this.#options.lostAfterMs);
      if (!isFree) continue;
      this.#publishOrAttach(vehicleId, source, atMs);
      return;
    }
  }

  #publish(vehicleId: VehicleId, source: Entry, atMs: number): void {
    const vehicle = this.#options.createVehicle(vehicleId, source);
    this.#vehicles.set(vehicleId, vehicle);
    source.vehicle = vehicle;
    vehicle.handle(source, source.heartbeat, atMs);
    this.#options.logger.info(
      { vehicleId, systemId: source.systemId, linkId: source.link.linkId, endpoint: source.endpoint },
      'vehicle found',
    );
    this.#options.onEvent({ kind: 'vehicle-found', vehicleId });
    this.#checkNewcomer(source, atMs);
  }

  #attach(vehicle: Vehicle, source: Entry, atMs: number): void {
    source.vehicle = vehicle;
    vehicle.addSource(source);
    vehicle.handle(source, source.heartbeat, atMs);
    this.#checkNewcomer(source, atMs);
  }

  /** A second address of a system id has appeared. */
  #checkNewcomer(source: Entry, nowMs: number): void {
    if (this.#sources.ofSystem(source.link, source.systemId).size < 2) return;
    this.#conflicts.check(this.#sources.bySystem, this.#vehicles.values(), nowMs);
  }

  #forgetOldest(nowMs: number): boolean {
    for (const source of this.#sources.all) {
      if (nowMs - source.lastHeardAtMs < this.#options.lostAfterMs) continue;
      this.#sources.remove(source);
      source.vehicle?.removeSource(source);
      return true;
    }
    return false;
  }
}

/** Two addresses that stamp their frames alike are one autopilot with two modems: no twin started in that moment. */
const SAME_CLOCK_MS = 1_000;
function isSameClock(vehicle: Vehicle, source: Entry): boolean {
  if (source.bootOffsetMs === null) return false;
  for (const other of vehicle.sources) {
    if (other.bootOffsetMs === null) continue;
    if (Math.abs(other.bootOffsetMs - source.bootOffsetMs) < SAME_CLOCK_MS) return true;
  }
  return false;
}

/** At another address of the same link; two links of one aircraft are no contradiction. */
function isHeardElsewhere(vehicle: Vehicle, source: Entry, atMs: number): boolean {
  for (const other of vehicle.sources) {
    if (
      other !== source &&
      other.link === source.link &&
      atMs - other.lastHeardAtMs < OLD_ADDRESS_SILENT_MS
    ) {
      return true;
    }
  }
  return false;
}
