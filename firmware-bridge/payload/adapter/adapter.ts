import type { CommandOutcome, VehicleId } from '../../model.ts';

/**
 * Loudspeakers and spotlights, whatever they speak. No MAVLink message for a loudspeaker exists, and most lights
 * have none either; vendors bring an HTTP interface or a relay. Everything here is an intent with the outcome that
 * was seen: `done` is said only when the device's own status shows it.
 *
 * `stop` and `off` pass everything: they end what runs, cancel what waits before them, and are sent at once.
 */
export type PayloadKind = 'loudspeaker' | 'spotlight';

interface Adapter<Kind extends PayloadKind, Capabilities, Status> {
  readonly adapterId: string;
  readonly kind: Kind;
  readonly vehicleId: VehicleId;
  /** For people. */
  readonly label: string;
  readonly capabilities: Capabilities;
  /** Asks the device. Never throws. */
  status(): Promise<StatusOutcome<Status>>;
  /** From what was last heard; asks nothing. */
  health(): DeviceHealth;
  /** Idempotent; settles waiting work with `cancelled`. What the device is doing goes on: stop it before. */
  close(): Promise<void>;
}

export type StatusOutcome<Status> =
  | { readonly kind: 'done'; readonly status: Status; readonly atMs: number }
  | Exclude<CommandOutcome, { readonly kind: 'done' }>;

export interface DeviceHealth {
  /** `unknown`: never heard. `unreachable`: the newest attempt had no answer. */
  readonly state: 'ok' | 'fault' | 'unreachable' | 'unknown';
  readonly problem: string | null;
  /** When the device last answered; null: never. Its age is for the reader to judge. */
  readonly heardAtMs: number | null;
}

export type Language = 'zh' | 'en';

/** Everything that people on the ground will hear says why, and that is on the record. */
export interface Announced {
  /** Why, in the operator's words or an order's or incident's number. Never empty. */
  readonly purpose: string;
  /** Differs for every announcement; the same one again is the same announcement, and is spoken once. */
  readonly idempotencyKey: string;
}

export interface SayRequest extends Announced {
  readonly text: string;
  readonly language: Language;
  /** One of the device's; null: its usual one for that language. */
  readonly voice: string | null;
}

export interface PlayRequest extends Announced {
  readonly clipId: string;
}

export interface LoudspeakerCapabilities {
  readonly canSay: boolean;
  readonly languages: readonly Language[];
  readonly voices: readonly string[];
  /** Unicode characters. */
  readonly maxTextLength: number;
  readonly clipIds: readonly string[];
  readonly hasVolume: boolean;
}

export interface LoudspeakerStatus {
  readonly state: 'idle' | 'playing' | 'fault';
  /** Null: it does not say. */
  readonly remainingS: number | null;
  readonly volumePct: number | null;
  readonly fault: string | null;
  /** Idempotency key of what is or was last played; null: it does not say. */
  readonly lastKey: string | null;
}

export interface Loudspeaker extends Adapter<'loudspeaker', LoudspeakerCapabilities, LoudspeakerStatus> {
  /** `done` when it is heard to begin, not when it ends. */
  say(request: SayRequest): Promise<CommandOutcome>;
  play(request: PlayRequest): Promise<CommandOutcome>;
  stop(): Promise<CommandOutcome>;
  /** @param volumePct 0–100 */
  setVolume(volumePct: number): Promise<CommandOutcome>;
}

export interface Strobe {
  /** 0.4–10 s: faster flashing can set off a seizure. */
  readonly periodS: number;
  /** Lit part of the period, between 0 and 100. */
  readonly dutyPct: number;
}

export interface SpotlightCapabilities {
  readonly hasBrightness: boolean;
  readonly canStrobe: boolean;
}

export interface SpotlightStatus {
  readonly state: 'off' | 'on' | 'fault';
  readonly brightnessPct: number | null;
  readonly strobing: boolean;
  readonly fault: string | null;
}

export interface Spotlight extends Adapter<'spotlight', SpotlightCapabilities, SpotlightStatus> {
  /** @param brightnessPct 0–100; null: as it was */
  on(brightnessPct: number | null): Promise<CommandOutcome>;
  off(): Promise<CommandOutcome>;
  /** @param strobe null: steady, which it is until told otherwise */
  setStrobe(strobe: Strobe | null): Promise<CommandOutcome>;
}

export type PayloadAdapter = Loudspeaker | Spotlight;
