import type { LinkId, VehicleId } from './base.ts';
import type { LinkStatus } from './links.ts';
import type { VehicleState } from './vehicle-state.ts';

export type BridgeEvent =
  /** Newest snapshots of vehicles that changed since the last batch; at most one batch per 50 ms. */
  | { readonly kind: 'vehicles'; readonly states: readonly VehicleState[] }
  | { readonly kind: 'vehicle-found'; readonly vehicleId: VehicleId }
  /** It told who it is only now: this id is gone, `by` is the same aircraft. */
  | { readonly kind: 'vehicle-replaced'; readonly vehicleId: VehicleId; readonly by: VehicleId | null }
  | { readonly kind: 'vehicle-lost'; readonly vehicleId: VehicleId; readonly silentForMs: number }
  | { readonly kind: 'vehicle-back'; readonly vehicleId: VehicleId; readonly silentForMs: number }
  | { readonly kind: 'vehicle-rebooted'; readonly vehicleId: VehicleId }
  | { readonly kind: 'identity-conflict'; readonly systemId: number; readonly endpoints: readonly string[] }
  /** Another way to this vehicle is used for sending now. */
  | {
      readonly kind: 'vehicle-route';
      readonly vehicleId: VehicleId;
      readonly from: { readonly linkId: LinkId; readonly endpoint: string };
      readonly to: { readonly linkId: LinkId; readonly endpoint: string };
      readonly atMs: number;
    }
  | {
      readonly kind: 'status-text';
      readonly vehicleId: VehicleId;
      /** MAV_SEVERITY 0 emergency … 7 debug. */
      readonly severity: number;
      readonly text: string;
      readonly atMs: number;
    }
  | {
      readonly kind: 'item-reached';
      readonly vehicleId: VehicleId;
      readonly index: number;
      readonly atMs: number;
    }
  | { readonly kind: 'armed'; readonly vehicleId: VehicleId; readonly atMs: number }
  | { readonly kind: 'disarmed'; readonly vehicleId: VehicleId; readonly atMs: number }
  | {
      readonly kind: 'recording-started';
      readonly vehicleId: VehicleId;
      readonly recordingId: string;
      /** Absolute path of the tlog; it begins some seconds before arming (pre-roll). */
      readonly path: string;
      readonly atMs: number;
    }
  | {
      readonly kind: 'recording-closed';
      readonly vehicleId: VehicleId;
      readonly recordingId: string;
      readonly path: string;
      readonly frames: number;
      readonly bytes: number;
      readonly atMs: number;
      readonly reason: 'disarmed' | 'shutdown' | 'write-failed';
    }
  | { readonly kind: 'recording-failed'; readonly vehicleId: VehicleId; readonly message: string }
  /** A camera reports an image; texts come from it and are shown as text only. */
  | {
      readonly kind: 'image-captured';
      readonly vehicleId: VehicleId;
      readonly cameraId: string;
      /** Zero-based. */
      readonly index: number;
      readonly ok: boolean;
      /** Where the camera says it was; null: not told. */
      readonly place: {
        readonly lonDeg: number;
        readonly latDeg: number;
        readonly altitudeAmslM: number | null;
        readonly relativeAltitudeM: number | null;
      } | null;
      /** Camera's own clock, epoch milliseconds; null: it has none. */
      readonly takenAtMs: number | null;
      readonly fileUrl: string | null;
      readonly atMs: number;
    }
  /** A camera records, or does no more. `commanded`: within our own running command; else somebody or something else. */
  | {
      readonly kind: 'camera-recording-changed';
      readonly vehicleId: VehicleId;
      readonly cameraId: string;
      readonly recording: boolean;
      readonly commanded: boolean;
      readonly atMs: number;
    }
  /** What an autopilot says by number (PX4's events); `text` is for people, `name` null: its words are not known. */
  | {
      readonly kind: 'autopilot-event';
      readonly vehicleId: VehicleId;
      readonly eventId: number;
      /** MAV_SEVERITY 0 emergency … 7 debug. */
      readonly severity: number;
      readonly name: string | null;
      readonly text: string;
      readonly atMs: number;
    }
  /** How a flight to a place or round one goes on after it was accepted. `stopped`: it will not be finished. */
  | {
      readonly kind: 'guided';
      readonly vehicleId: VehicleId;
      readonly action: 'go-to' | 'orbit';
      readonly phase: 'arrived' | 'orbiting' | 'stopped';
      /** To the place (go-to), from the circle (orbit); null: no position is reported. */
      readonly distanceM: number | null;
      /** Why it was stopped. */
      readonly reason: string | null;
      readonly atMs: number;
    }
  /** There are fewer logs on board than before, and we did not remove them: on the wire anybody may erase them. */
  | {
      readonly kind: 'onboard-logs-shrunk';
      readonly vehicleId: VehicleId;
      readonly before: number;
      readonly after: number;
      readonly atMs: number;
    }
  | { readonly kind: 'link'; readonly status: LinkStatus };
