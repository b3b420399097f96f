import type {
  BridgeEvent,
  CommandOutcome,
  FullBridge,
  VehicleId,
  VehicleState,
} from '../../firmware-bridge/index.ts';
import {
  type AircraftProfile,
  estimatePath,
  isActive,
  type ScanSpot,
  type ZoneScan,
} from '../../missions/index.ts';
import type { Audit } from '../audit/audit.ts';
import type { ActionResult, Details, Diversion, GotoBody } from '../contract/index.ts';
import { AirgridError } from '../errors.ts';
import { describeCommandOutcome } from './outcome.ts';
import type { FleetService } from './service.ts';

/** Flight to a place, of everything that the bridge can do. */
export interface GuidedBridge {
  readonly guided: {
    goTo(vehicleId: VehicleId, request: Parameters<FullBridge['guided']['goTo']>[1]): Promise<CommandOutcome>;
  };
}

export interface GotoCollaborators {
  readonly bridge: GuidedBridge;
  readonly fleet: FleetService;
  readonly zones: () => ZoneScan;
  readonly audit: Audit;
  /** Into the record of the flight. */
  readonly note: (vehicleId: string, kind: string, text: string, details: Details) => void;
  /** The launch of a patrol is under way: the bridge is not to be disturbed in it. */
  readonly isLaunching: (vehicleId: string) => boolean;
  /** The patrol that it was on waits. */
  readonly divert: (vehicleId: string, diversion: Diversion) => void;
  readonly nowMs: () => number;
}

export interface GotoLimits {
  readonly profile: AircraftProfile;
  readonly maxRelativeAltitudeM: number;
}

/** Zones count that are in force until so long after it has arrived: it hovers there. */
const HOVER_S = 600;

/**
 * Sends an aircraft in the air straight to a place, where it holds. Ordered by a person with a purpose and a reason, in
 * the audit before it is sent. The bridge flies straight lines only, so a way through a zone is refused with its name.
 */
export class GotoDesk {
  readonly #with: GotoCollaborators;
  readonly #limits: GotoLimits;
  readonly #targets = new Map<string, ScanSpot>();

  constructor(collaborators: GotoCollaborators, limits: GotoLimits) {
    this.#with = collaborators;
    this.#limits = limits;
  }

  /** Where an aircraft was sent last; null: nowhere, or it has flown something else since. */
  targetOf(vehicleId: string): ScanSpot | null {
    return this.#targets.get(vehicleId) ?? null;
  }

  /** @throws AirgridError `fleet.unknown-vehicle`, `goto.…` when it must not be sent */
  async send(vehicleId: string, body: GotoBody, actor: string): Promise<ActionResult> {
    const { audit, bridge, divert, fleet, note } = this.#with;
    const state = fleet.requireState(vehicleId);
    const to = { lonDeg: body.lonDeg, latDeg: body.latDeg, aboveHomeM: body.relativeAltitudeM };
    this.#requireAllowed(state, to);
    const { lonDeg, latDeg, purpose, relativeAltitudeM } = body;
    const orderNumber = body.orderNumber ?? null;
    const order = { lonDeg, latDeg, relativeAltitudeM, purpose, note: body.note, orderNumber };
    audit.record({ actor, act: 'vehicle.goto', target: vehicleId, details: order });
    const place = `${latDeg.toFixed(6)}, ${lonDeg.toFixed(6)}`;
    const noted = { actor, lonDeg, latDeg, relativeAltitudeM, purpose, note: body.note };
    note(vehicleId, 'goto', `Sent to ${place} at ${relativeAltitudeM} m by ${actor}: ${body.note}`, {
      ...noted,
      ...(orderNumber === null ? {} : { orderNumber }),
    });
    const altitude = { datum: 'above-home', m: relativeAltitudeM } as const;
    const outcome = await bridge.guided.goTo(state.vehicleId, { lonDeg, latDeg, altitude });
    const result = describeCommandOutcome(outcome);
    note(vehicleId, 'goto', `Sent to ${place}: ${result.message}`, { actor, outcome: result.outcome });
    // Also when nobody can tell whether it goes there: it may.
    if (result.outcome !== 'failed') {
      this.#targets.set(vehicleId, to);
      divert(vehicleId, {
        ...{
          to: [lonDeg, latDeg],
          relativeAltitudeM,
          purpose,
          note: body.note,
          orderNumber,
          orderedBy: actor,
        },
        atMs: Math.round(this.#with.nowMs()),
        arrived: false,
        leftAt: state.position === null ? null : [state.position.lonDeg, state.position.latDeg],
        leftItem: state.mission?.currentIndex ?? null,
      });
    }
    return result;
  }

  /** Arrival, and who took it away again, belong into the record. */
  handle(event: BridgeEvent): void {
    if (event.kind === 'disarmed') this.#targets.delete(event.vehicleId);
    if (event.kind !== 'guided' || event.action !== 'go-to') return;
    const details = event.distanceM === null ? {} : { distanceM: Math.round(event.distanceM) };
    if (event.phase === 'arrived') {
      this.#with.note(event.vehicleId, 'goto', 'Arrived at the place it was sent to', details);
      return;
    }
    this.#targets.delete(event.vehicleId);
    const reason = event.reason ?? 'no reason told';
    this.#with.note(event.vehicleId, 'goto', `Flies to that place no more: ${reason}`, { reason });
  }

  #requireAllowed(state: VehicleState, to: ScanSpot): void {
    const { fleet, isLaunching } = this.#with;
    const vehicle = fleet.nameOf(state.vehicleId);
    const refuse = (code: string, message: string, details: Details, remedy: string): never => {
      throw new AirgridError(code, message, { details: { vehicle, ...details }, remedy });
    };
    if (state.connection === 'lost') {
      refuse('goto.not-connected', `${vehicle} is not connected.`, {}, 'It acts by its own failsafe.');
    }
    if (state.armed !== true || state.flightState === 'on-ground') {
      refuse(
        'goto.on-ground',
        `${vehicle} is on the ground.`,
        {},
        'Launch a patrol; only what flies can be sent.',
      );
    }
    if (isLaunching(state.vehicleId) || state.flightState === 'taking-off') {
      refuse(
        'goto.launching',
        `${vehicle} is taking off.`,
        {},
        'Wait until it flies its mission, or hold it.',
      );
    }
    const { position } = state;
    if (position === null) {
      throw new AirgridError('goto.no-position', `${vehicle} does not report where it is.`, {
        details: { vehicle },
      });
    }
    const mostM = this.#limits.maxRelativeAltitudeM;
    if (to.aboveHomeM > mostM) {
      const wantedM = to.aboveHomeM;
      refuse(
        'goto.too-high',
        `${wantedM} m is above the limit of ${mostM} m.`,
        { wantedM, mostM },
        'Choose less.',
      );
    }
    const from = { lonDeg: position.lonDeg, latDeg: position.latDeg, aboveHomeM: position.relativeAltitudeM };
    const trip = this.#trip(state, from, to);
    this.#requireFreeWay(state, vehicle, [from, to], trip.flightS);
    if (trip.needFraction === null || trip.haveFraction === null) return;
    if (!(trip.needFraction <= trip.haveFraction)) {
      const needPct = Math.ceil(trip.needFraction * 1000) / 10;
      const availablePct = Math.max(0, Math.floor(trip.haveFraction * 1000) / 10);
      refuse(
        'goto.too-far',
        `${vehicle} needs ${needPct} % to get there and home; ${availablePct} % are above its reserve.`,
        { needPct, availablePct, distanceM: Math.round(trip.lengthM) },
        'Send another aircraft.',
      );
    }
  }

  #requireFreeWay(state: VehicleState, vehicle: string, way: readonly ScanSpot[], flightS: number): void {
    const scan = this.#with.zones();
    const homeM = state.home?.altitudeAmslM ?? null;
    const nowMs = this.#with.nowMs();
    const untilMs = nowMs + (flightS + HOVER_S) * 1000;
    const isNow = (zone: Parameters<typeof isActive>[0]): boolean => isActive(zone, nowMs, untilMs);
    const [goal] = way.slice(-1);
    const around = goal === undefined ? [] : scan.at(goal, homeM).filter(isNow);
    const inGoal = around[0];
    if (inGoal !== undefined) {
      throw new AirgridError('goto.place-in-zone', `The place lies in ${inGoal.name}.`, {
        details: { vehicle, zone: inGoal.name, zoneId: inGoal.zoneId },
        remedy: 'Choose a place outside, or a height at which the zone is open.',
      });
    }
    // Out of a zone that was drawn over it is the right way to fly.
    const entry = scan.entries(way, homeM).find(({ zone, distanceM }) => distanceM > 0 && isNow(zone));
    if (entry === undefined) return;
    const distanceM = Math.round(entry.distanceM);
    throw new AirgridError(
      'goto.zone-in-the-way',
      `${entry.zone.name} lies in the straight way, ${distanceM} m from here.`,
      {
        details: { vehicle, zone: entry.zone.name, zoneId: entry.zone.zoneId, distanceM },
        remedy: 'Send it round in two steps, or at a height at which the zone is open.',
      },
    );
  }

  /** There and home again, as far as battery and home are known. */
  #trip(state: VehicleState, from: ScanSpot, to: ScanSpot) {
    const { profile } = this.#limits;
    const { battery, home, wind } = state;
    const back =
      home === null ? [] : [{ lonDeg: home.lonDeg, latDeg: home.latDeg, aboveHomeM: to.aboveHomeM }];
    const estimate = (spots: readonly ScanSpot[], climbM: number, descentM: number) =>
      estimatePath(
        spots.map(({ lonDeg, latDeg }) => ({
          lonDeg,
          latDeg,
          heightM: to.aboveHomeM,
          dwellS: 0,
          speedMps: null,
        })),
        profile,
        { climbM, descentM },
        { wind: wind === null ? null : { fromDeg: wind.fromDeg, speedMps: wind.speedMps }, airTempC: null },
      );
    const climbM = Math.max(0, to.aboveHomeM - from.aboveHomeM);
    const whole = estimate([from, to, ...back], climbM, to.aboveHomeM);
    const pct = battery?.remainingPct ?? null;
    return {
      flightS: estimate([from, to], climbM, 0).durationS,
      lengthM: whole.lengthM,
      needFraction: home === null ? null : whole.energyWh / profile.batteryCapacityWh,
      haveFraction: pct === null ? null : pct / 100 - profile.reserveFraction,
    };
  }
}
