import type { Bridge, CommandOutcome, VehicleId, VehicleState } from '../../firmware-bridge/index.ts';
import type { ActionResult, FleetView, LinkView, SafetyAction, VehicleView } from '../contract/index.ts';
import { AirgridError } from '../errors.ts';
import { describeCommandOutcome } from './outcome.ts';
import { toVehicleView, type VehicleExtras } from './vehicle-view.ts';

/** What other rooms know of a vehicle: asked for when a view is made. */
export type VehicleAssignments = (vehicleId: string) => Omit<VehicleExtras, 'name'>;

/** The fleet as the consoles see it, and the acts that are always allowed on it. */
export class FleetService {
  readonly #bridge: Bridge;
  readonly #names: ReadonlyMap<string, string>;
  readonly #assignments: VehicleAssignments;
  readonly #nowMs: () => number;

  /** @param names call signs by vehicle id or system id, from the configuration */
  constructor(
    bridge: Bridge,
    names: ReadonlyMap<string, string>,
    assignments: VehicleAssignments,
    nowMs: () => number,
  ) {
    this.#bridge = bridge;
    this.#names = names;
    this.#assignments = assignments;
    this.#nowMs = nowMs;
  }

  states(): readonly VehicleState[] {
    return this.#bridge.vehicles();
  }

  state(vehicleId: string): VehicleState | null {
    return this.#bridge.vehicle(vehicleId as VehicleId);
  }

  nameOf(vehicleId: string): string {
    const state = this.state(vehicleId);
    return state === null ? vehicleId : this.#nameOfState(state);
  }

  view(state: VehicleState): VehicleView {
    const extras = { name: this.#nameOfState(state), ...this.#assignments(state.vehicleId) };
    return toVehicleView(state, extras, this.#nowMs());
  }

  fleetView(): FleetView {
    return {
      serverTimeMs: Math.round(this.#nowMs()),
      vehicles: this.states().map((state) => this.view(state)),
      links: this.links(),
    };
  }

  links(): LinkView[] {
    return this.#bridge.links().map(toLinkView);
  }

  /** @throws AirgridError `fleet.unknown-vehicle` */
  requireState(vehicleId: string): VehicleState {
    const state = this.state(vehicleId);
    if (state !== null) return state;
    throw new AirgridError('fleet.unknown-vehicle', `There is no aircraft ${vehicleId}.`, {
      details: { vehicleId },
    });
  }

  /**
   * Hold, resume, return or land: straight to the bridge, with nothing in front of it.
   * @returns what the vehicle reports; never throws for a refusal
   */
  async act(vehicleId: string, action: SafetyAction): Promise<ActionResult> {
    const { vehicleId: id } = this.requireState(vehicleId);
    return describeCommandOutcome(await this.#send(id, action));
  }

  #send(vehicleId: VehicleId, action: SafetyAction): Promise<CommandOutcome> {
    switch (action) {
      case 'hold':
        return this.#bridge.hold(vehicleId);
      case 'resume':
        return this.#bridge.resumeMission(vehicleId);
      case 'return':
        return this.#bridge.returnToLaunch(vehicleId);
      case 'land':
        return this.#bridge.land(vehicleId);
    }
  }

  #nameOfState(state: VehicleState): string {
    return (
      this.#names.get(state.vehicleId) ??
      this.#names.get(String(state.systemId)) ??
      `D-${String(state.systemId).padStart(2, '0')}`
    );
  }
}

export function toLinkView(status: ReturnType<Bridge['links']>[number]): LinkView {
  return {
    linkId: status.linkId,
    url: status.url,
    state: status.state,
    problem: status.problem && {
      code: status.problem.code,
      message: status.problem.message,
      details: { ...status.problem.details },
    },
    bytesIn: status.bytesIn,
    bytesOut: status.bytesOut,
    framesIn: status.framesIn,
    framesOut: status.framesOut,
    badCrc: status.badCrc,
    endpoints: [...status.endpoints],
  };
}

/** `["3=D-03"]` → map. @throws AirgridError `config.invalid` */
export function parseVehicleNames(entries: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    entries.map((entry) => {
      const at = entry.indexOf('=');
      const key = entry.slice(0, at).trim();
      const name = entry.slice(at + 1).trim();
      if (at > 0 && key !== '' && name !== '') return [key, name] as const;
      throw new AirgridError('config.invalid', `fleet.names has "${entry}"; allowed: key=name, e.g. 3=D-03.`);
    }),
  );
}
