import { type Static, Type } from 'typebox';
import type { ZoneChange, ZoneConflictList } from './airspace.ts';
import { Details, Nullable, Strict } from './common.ts';
import type { FlightSummary } from './evidence.ts';
import type { FleetView, LinkView, VehicleView } from './fleet.ts';
import type { PatrolView } from './patrol.ts';

/** A line for the operator's event list. The console translates `code` with `details`. */
export const Notice = Strict({
  noticeId: Type.String(),
  severity: Type.Union([Type.Literal('info'), Type.Literal('warning'), Type.Literal('alarm')]),
  code: Type.String({
    description: 'e.g. `vehicle.lost`, `vehicle.back`, `vehicle.status-text`, `sortie.failed`',
  }),
  vehicleId: Nullable(Type.String()),
  vehicleName: Nullable(Type.String()),
  message: Type.String(),
  details: Details,
  atMs: Type.Integer(),
});
export type Notice = Static<typeof Notice>;

/** Vehicles that changed since the last tick, each whole. Sent at the configured console rate, 5 Hz or more. */
export interface FleetUpdate {
  readonly serverTimeMs: number;
  readonly vehicles: readonly VehicleView[];
}

/** Socket.IO namespace `/`; the session cookie opens it. Everything that changes something goes by HTTP instead. */
export interface ServerToClientEvents {
  /** Once after connecting and after every reconnection: everything that is so now. */
  'fleet:snapshot': (view: FleetView) => void;
  'fleet:update': (update: FleetUpdate) => void;
  'link:update': (link: LinkView) => void;
  /** Full list once after connecting, then each patrol whole when it changes. */
  'patrol:snapshot': (patrols: readonly PatrolView[]) => void;
  'patrol:update': (patrol: PatrolView) => void;
  'flight:update': (flight: FlightSummary) => void;
  'grid:changed': (change: { readonly revision: number }) => void;
  /** Each change of zones, and once after connecting with no zones: so that a console knows whether it has the newest. */
  'airspace:changed': (change: ZoneChange) => void;
  /** Whole, once after connecting and whenever they change, at most once a second. */
  'airspace:conflicts': (list: ZoneConflictList) => void;
  notice: (notice: Notice) => void;
  /** The newest notices, oldest first, once after connecting. */
  'notice:snapshot': (notices: readonly Notice[]) => void;
  /** The session ended on the server; the socket is closed next. */
  'session:ended': (reason: { readonly code: string }) => void;
}

/** Vehicles that one console may watch closely at a time. */
export const MAX_WATCHED = 16;

/** All that consoles say over the socket: nothing here changes anything but how much detail they are sent. */
export interface ClientToServerEvents {
  /** The vehicles that this console looks at now: their telemetry comes in full detail. Replaces the list before. */
  watch: (vehicleIds: readonly string[]) => void;
}
