import { type Static, Type } from 'typebox';
import { Nullable, Strict } from './common.ts';

/** GET /api/v1/console-config: what the console must know of the installation. */
export const ConsoleConfig = Strict({
  map: Strict({
    /** MapLibre style URL of the installation; null: the built-in dark base without any network. */
    styleUrl: Nullable(Type.String()),
    /** PMTiles file served by this server (same origin path); null when none is configured. */
    pmtilesUrl: Nullable(Type.String()),
  }),
  telemetryRateHz: Type.Number(),
  /** Silence after which a vehicle counts as lost, ms. */
  lostAfterMs: Type.Integer(),
  defaultPatrolAltitudeM: Type.Number(),
  maxPatrolAltitudeM: Type.Number(),
});
export type ConsoleConfig = Static<typeof ConsoleConfig>;
