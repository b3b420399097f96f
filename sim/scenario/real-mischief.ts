import type { FaultKind, VehicleFault } from '../faults/model.ts';
import type { RogueAction } from '../faults/rogue-station.ts';
import { type AutopilotRelay, stationFrames } from './autopilot-relay.ts';
import { parameterOrder, type RealFault, realFault, type Wind } from './real-faults.ts';
import { ScenarioError } from './scenario-error.ts';
import type { AutopilotName } from './schema-parts.ts';
import { stationAction } from './station-action.ts';
import type { Mischief, TestAircraft } from './test-fleet.ts';

export interface RealMischiefOptions {
  readonly relay: AutopilotRelay;
  readonly autopilotOf: (aircraft: TestAircraft) => AutopilotName;
  /** Simulated seconds. */
  readonly timeS: () => number;
  /** The steady one of the scenario. */
  readonly wind: Wind;
}

interface Running {
  readonly systemId: number;
  readonly kind: FaultKind;
  readonly end: readonly RogueAction[];
  readonly untilS: number;
}

/** What a timeline does to real autopilots: by the relay, and by the switches of their own simulations. */
export class RealMischief implements Mischief {
  readonly #options: RealMischiefOptions;
  #running: readonly Running[] = [];

  constructor(options: RealMischiefOptions) {
    this.#options = options;
  }

  /** Ends the faults whose time is over; to be called often. */
  tick(): void {
    const nowS = this.#options.timeS();
    this.#end(({ untilS }) => untilS <= nowS);
  }

  network(
    { systemId, name }: TestAircraft,
    { set, cut, direction }: Parameters<Mischief['network']>[1],
  ): void {
    const network = this.#options.relay.network(systemId);
    if (network === null) cannot(`the line of ${name}, which was never heard`);
    if (set !== null) network.set(set, direction);
    if (cut === null) return;
    const untilMs = cut === true ? Number.POSITIVE_INFINITY : cut === false ? 0 : performance.now() + cut;
    network.cutUntil(untilMs, direction);
  }

  changeAddress({ systemId }: TestAircraft): Promise<void> {
    return this.#options.relay.changeAddress(systemId);
  }

  async power(): Promise<void> {
    cannot('switch the power');
  }

  fault(aircraft: TestAircraft, fault: VehicleFault): void {
    const autopilot = this.#options.autopilotOf(aircraft);
    const real: RealFault | null = realFault(autopilot, fault, this.#options.wind);
    if (real === null) cannot(`the fault ${fault.kind} on ${autopilot}`);
    const { systemId } = aircraft;
    this.#running = this.#running.filter((other) => other.systemId !== systemId || other.kind !== fault.kind);
    for (const action of real.begin) this.#act(systemId, action);
    const { end, durationS } = real;
    if (end.length === 0) return;
    const untilS = durationS === null ? Number.POSITIVE_INFINITY : this.#options.timeS() + durationS;
    this.#running = [...this.#running, { systemId, kind: fault.kind, end, untilS }];
  }

  clearFault({ systemId }: TestAircraft, kind: FaultKind): void {
    this.#end((running) => running.systemId === systemId && running.kind === kind);
  }

  parameter(aircraft: TestAircraft, name: string, value: number): void {
    this.#act(aircraft.systemId, parameterOrder(this.#options.autopilotOf(aircraft), name, value));
  }

  async otherStation(aircraft: TestAircraft, does: Parameters<Mischief['otherStation']>[1]): Promise<void> {
    // The relay brings the autopilot's answers to the server only.
    if (does === 'upload-mission') cannot('a conversation of another station, such as upload-mission');
    this.#act(aircraft.systemId, stationAction(does, this.#options.autopilotOf(aircraft)));
  }

  #end(isOver: (running: Running) => boolean): void {
    const over = this.#running.filter(isOver);
    if (over.length === 0) return;
    this.#running = this.#running.filter((running) => !isOver(running));
    for (const { systemId, end } of over) for (const action of end) this.#act(systemId, action);
  }

  #act(systemId: number, action: RogueAction): void {
    this.#options.relay.inject(systemId, (send) => stationFrames(systemId, action, send));
  }
}

function cannot(what: string): never {
  throw new ScenarioError(
    'scenario.bad-file',
    `real autopilots cannot do this: ${what}; mark the scenario with simulatedOnly or notOn`,
  );
}
