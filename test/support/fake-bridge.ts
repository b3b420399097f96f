import type {
  BridgeEvent,
  CommandOutcome,
  LaunchProgress,
  MissionOutcome,
  TransferProgress,
  VehicleId,
  VehicleState,
} from '../../firmware-bridge/model.ts';
import { newTelemetry } from '../../firmware-bridge/vehicle/telemetry.ts';
import type { MissionItem } from '../../missions/mission-item.ts';
import type { ServedBridge } from '../../src/compose.ts';

/** A bridge whose aircraft do what the test says. It keeps every call, in order. */
export class FakeBridge implements ServedBridge {
  readonly calls: string[] = [];
  readonly uploaded = new Map<string, readonly MissionItem[]>();
  uploadOutcome: MissionOutcome = { kind: 'done', planHash: 'h', itemCount: 0 };
  /** What a launch throws instead of an outcome: the bridge itself is gone. */
  failWith: Error | null = null;
  launchOutcome: CommandOutcome = { kind: 'done', confirmedBy: 'mode AUTO' };
  actionOutcome: CommandOutcome = { kind: 'done', confirmedBy: 'mode' };
  readonly guided = {
    goTo: (vehicleId: VehicleId, to: { readonly lonDeg: number; readonly latDeg: number }) =>
      this.#act(`goto ${vehicleId} ${to.lonDeg} ${to.latDeg}`),
  };
  readonly plans = {
    setCurrent: (vehicleId: VehicleId, index: number) => this.#act(`current ${vehicleId} ${index}`),
  };
  readonly #states = new Map<string, VehicleState>();
  readonly #listeners = new Set<(event: BridgeEvent) => void>();

  put(state: VehicleState): void {
    this.#states.set(state.vehicleId, state);
    this.emit({ kind: 'vehicles', states: [state] });
  }

  change(vehicleId: string, changes: Partial<VehicleState>): void {
    const state = this.#states.get(vehicleId);
    if (state === undefined) throw new Error(`no aircraft ${vehicleId}`);
    this.put({ ...state, ...changes });
  }

  emit(event: BridgeEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  links() {
    return [];
  }
  vehicles() {
    return [...this.#states.values()];
  }
  vehicle(vehicleId: VehicleId) {
    return this.#states.get(vehicleId) ?? null;
  }
  subscribe(listener: (event: BridgeEvent) => void) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  async uploadMission(
    vehicleId: VehicleId,
    items: readonly MissionItem[],
    onProgress?: (progress: TransferProgress) => void,
  ) {
    this.calls.push(`upload ${vehicleId}`);
    this.uploaded.set(vehicleId, items);
    onProgress?.({ phase: 'upload', itemsDone: items.length, itemsTotal: items.length });
    return this.uploadOutcome;
  }
  forwards() {
    return [];
  }
  health() {
    return { eventLoopDelayP99Ms: 0, eventLoopDelayMaxMs: 0, busyFraction: 0 };
  }
  async setInterest(vehicleIds: readonly VehicleId[] | null) {
    this.calls.push(`interest ${vehicleIds?.join(' ') ?? 'all'}`);
  }
  async downloadMission() {
    return { kind: 'not-connected' } as const;
  }
  async launchMission(
    vehicleId: VehicleId,
    options: { readonly takeoffAltitudeM: number },
    onProgress?: (progress: LaunchProgress) => void,
  ) {
    this.calls.push(`launch ${vehicleId} to ${options.takeoffAltitudeM}`);
    if (this.failWith !== null) throw this.failWith;
    onProgress?.({ step: 'arm', state: 'running' });
    if (this.launchOutcome.kind === 'done') {
      const receivedAtMs = performance.timeOrigin + performance.now();
      const mode = { name: 'AUTO', normalised: 'mission', customMode: 3, receivedAtMs } as const;
      this.change(vehicleId, { armed: true, flightState: 'in-air', mode });
    }
    return this.launchOutcome;
  }
  hold(vehicleId: VehicleId) {
    return this.#act(`hold ${vehicleId}`);
  }
  resumeMission(vehicleId: VehicleId) {
    return this.#act(`resume ${vehicleId}`);
  }
  returnToLaunch(vehicleId: VehicleId) {
    return this.#act(`return ${vehicleId}`);
  }
  land(vehicleId: VehicleId) {
    return this.#act(`land ${vehicleId}`);
  }
  async close() {
    this.calls.push('close');
  }

  async #act(call: string): Promise<CommandOutcome> {
    this.calls.push(call);
    if (this.failWith !== null) throw this.failWith;
    return this.actionOutcome;
  }
}

/** An aircraft that stands ready on the ground. */
export function readyVehicle(vehicleId: string, changes: Partial<VehicleState> = {}): VehicleState {
  const receivedAtMs = performance.timeOrigin + performance.now();
  const identity = {
    vehicleId: vehicleId as VehicleId,
    systemId: 1,
    componentId: 1,
    linkId: 'link-1' as VehicleState['linkId'],
    endpoint: '127.0.0.1:14560',
  };
  return {
    ...newTelemetry({ ...identity, atMs: receivedAtMs }).snapshot,
    autopilot: 'ardupilot',
    airframe: 'copter',
    hardwareUid: vehicleId,
    firmwareVersion: '4.7.0',
    connection: 'online',
    lastHeardAtMs: receivedAtMs,
    identityConflict: null,
    armed: false,
    flightState: 'on-ground',
    mode: { name: 'STABILIZE', normalised: 'manual', customMode: 0, receivedAtMs },
    position: {
      lonDeg: 110.29,
      latDeg: 25.28,
      altitudeAmslM: 150,
      relativeAltitudeM: 0,
      headingDeg: 90,
      receivedAtMs,
    },
    velocity: { groundSpeedMps: 0, climbMps: 0, northMps: 0, eastMps: 0, receivedAtMs },
    attitude: { rollDeg: 0, pitchDeg: 0, yawDeg: 90, receivedAtMs },
    battery: {
      remainingPct: 100,
      voltageV: 25,
      currentA: 1,
      consumedMah: 0,
      cellsV: null,
      temperatureC: null,
      timeRemainingS: null,
      receivedAtMs,
    },
    gps: { fixType: 3, satellites: 14, hdop: 0.8, receivedAtMs },
    prearm: { ready: true, positionEstimateOk: true, reasons: [], receivedAtMs },
    mission: null,
    home: { lonDeg: 110.29, latDeg: 25.28, altitudeAmslM: 150, receivedAtMs },
    linkQuality: { lossPct: 0, framesPerS: 40, radioRssi: null, routes: [] },
    ...changes,
  };
}
