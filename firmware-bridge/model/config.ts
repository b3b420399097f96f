import type { LinkId } from './base.ts';

/** What a bridge is opened with. */

export interface LinkConfig {
  readonly linkId: LinkId;
  /** `udp-listen://0.0.0.0:14550`, `udp://host:port`, `tcp://host:port`, `tcp-listen://0.0.0.0:5760`,
   * `serial:///dev/ttyUSB0?baud=57600`. */
  readonly url: string;
  /** Absent: signatures are neither made nor looked at. */
  readonly signing?: LinkSigningConfig;
}

/**
 * `required`: frames without a good signature are counted and dropped (RADIO_STATUS excepted). `accepted`: unsigned
 * frames are taken, wrongly signed and replayed ones dropped. `off`: signatures are ignored and not made.
 */
export type SigningPolicy = 'required' | 'accepted' | 'off';

/** MAVLink 2 signatures on one link. Keys are named by file: 32 bytes or 64 hexadecimal digits, mode 0600. */
export interface LinkSigningConfig {
  readonly policy: SigningPolicy;
  /** 0–255, in our signatures; each link of ours has its own. */
  readonly signingLinkId: number;
  /** Key of every vehicle on this link that has none of its own. */
  readonly keyFile?: string | null;
  /** By system id. */
  readonly vehicleKeyFiles?: Readonly<Record<string, string>>;
  /** The link is trusted to carry a new key in clear (a cable on the bench, never a radio). Default false. */
  readonly allowKeySetup?: boolean;
}

/** Another ground station that is shown our traffic over UDP. */
export interface ForwardConfig {
  /** For statuses and logs; each its own. */
  readonly forwardId: string;
  /** `udp://host:port`, where the other station listens. */
  readonly url: string;
  /** `read-only`: what it sends is counted and dropped. `read-write`: it reaches the vehicles, bytes unchanged. */
  readonly mode: 'read-only' | 'read-write';
  /** Absent: every link, everything. */
  readonly links?: readonly ForwardLink[];
  /** What we send to the vehicles is shown too. Default false. */
  readonly showOwnFrames?: boolean;
}

/** One link's share in a forward. An absent list lets everything through; deny goes before allow. Both ways. */
export interface ForwardLink {
  readonly linkId: LinkId;
  readonly allowMessageIds?: readonly number[];
  readonly denyMessageIds?: readonly number[];
  readonly allowSystemIds?: readonly number[];
  readonly denySystemIds?: readonly number[];
}

export interface BridgeConfig {
  readonly links: readonly LinkConfig[];
  /** The ground station's own system id, 1–255. 255 is everybody's; ours is another. */
  readonly systemId: number;
  readonly componentId: number;
  /** A vehicle is lost after this much silence. */
  readonly lostAfterMs: number;
  /** Position and attitude messages asked of each vehicle. */
  readonly telemetryRateHz: number;
  /** Folder for `.tlog` files, one per flight; null: nothing is recorded. */
  readonly recordingDir: string | null;
  /** Where the timestamps of our signatures are kept over restarts; absent or null: nowhere. */
  readonly signingStateFile?: string | null;
  /** Other ground stations that see what we see. */
  readonly forwards?: readonly ForwardConfig[];
  /** Folder of SRTM tiles (`N25E110.hgt`) from which vehicles that ask for terrain are answered; null: none is. */
  readonly elevationDir?: string | null;
  /** PX4's `all_events.json`, so that its events are told in words; null: by number and severity only. */
  readonly px4EventsFile?: string | null;
}
