import { create } from 'zustand';
import { subscribeWithSelector } from 'zustand/middleware';
import type {
  BaseView,
  CellList,
  ConsoleConfig,
  FlightSummary,
  LinkView,
  Notice,
  PatrolView,
  ServerInfo,
  SessionView,
  VehicleView,
  ZoneConflict,
  ZoneView,
} from '../../contract/index.ts';
import { buildGridIndex, type GridIndex } from '../grid/grid-index.ts';
import type { Outlines } from './api.ts';

/** A vehicle as last told, and when this browser was told (monotonic ms): ages go on counting from there. */
export interface VehicleEntry {
  readonly view: VehicleView;
  readonly receivedAtMs: number;
}

export type ConnectionState = 'connecting' | 'online' | 'offline';

/** `unknown`: not asked yet. */
export type SessionState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'signed-out' }
  | { readonly kind: 'signed-in'; readonly session: SessionView };

/** What the card over the map shows. */
export type MapCard =
  | { readonly kind: 'plan'; readonly cellId: string }
  | { readonly kind: 'patrol'; readonly patrolId: string }
  | { readonly kind: 'airspace' };

export interface ConsoleModel {
  readonly serverInfo: ServerInfo | null;
  readonly session: SessionState;
  readonly config: ConsoleConfig | null;
  readonly connection: {
    readonly state: ConnectionState;
    readonly sinceMs: number;
    readonly everOnline: boolean;
  };
  /** Server clock minus this browser's clock, ms: notices and flights carry the server's time. */
  readonly serverOffsetMs: number;
  readonly vehicles: Readonly<Record<string, VehicleEntry>>;
  /** Sorted by call sign; changes only when an aircraft appears or is renamed. */
  readonly vehicleIds: readonly string[];
  readonly links: Readonly<Record<string, LinkView>>;
  readonly patrols: Readonly<Record<string, PatrolView>>;
  readonly notices: readonly Notice[];
  readonly acknowledged: ReadonlySet<string>;
  readonly flightUpdates: Readonly<Record<string, FlightSummary>>;
  readonly grid: GridIndex | null;
  readonly outlines: Outlines | null;
  readonly bases: readonly BaseView[];
  readonly gridProblem: string | null;
  readonly zones: readonly ZoneView[];
  /** Of `zones`; -1: not asked yet. */
  readonly airspaceRevision: number;
  /** Zones have changed and could not be asked for: what is shown may be old. */
  readonly airspaceProblem: boolean;
  readonly zoneConflicts: readonly ZoneConflict[];
  readonly selectedCellId: string | null;
  readonly selectedVehicleIds: readonly string[];
  readonly card: MapCard | null;
}

export const initialModel: ConsoleModel = {
  serverInfo: null,
  session: { kind: 'unknown' },
  config: null,
  connection: { state: 'connecting', sinceMs: 0, everOnline: false },
  serverOffsetMs: 0,
  vehicles: {},
  vehicleIds: [],
  links: {},
  patrols: {},
  notices: [],
  acknowledged: new Set(),
  flightUpdates: {},
  grid: null,
  outlines: null,
  bases: [],
  gridProblem: null,
  zones: [],
  airspaceRevision: -1,
  airspaceProblem: false,
  zoneConflicts: [],
  selectedCellId: null,
  selectedVehicleIds: [],
  card: null,
};

/** The console's one view model. The socket and the API write it through state/*.ts; panels and the map read it. */
export const useConsole = create<ConsoleModel>()(subscribeWithSelector(() => initialModel));

export const readModel = (): ConsoleModel => useConsole.getState();
export const patchModel = (patch: Partial<ConsoleModel>): void => useConsole.setState(patch);

/** Forgets everything that belongs to a session; what may be known before sign-in stays. */
export function forgetSession(): void {
  const { serverInfo } = readModel();
  useConsole.setState({ ...initialModel, serverInfo, session: { kind: 'signed-out' } });
}

export function setCells(list: CellList): void {
  patchModel({ grid: buildGridIndex(list), gridProblem: null });
}
