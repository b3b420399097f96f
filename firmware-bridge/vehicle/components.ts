import { decode } from '../codec/decoder.ts';
import type { Frame } from '../codec/framer.ts';
import { Heartbeat, MavComponent, MavType } from '../codec/messages.ts';
import type { Link } from '../link/link.ts';
import type { VehicleComponent } from '../model.ts';

/**
 * What else speaks with a vehicle's system id: gimbals, cameras, a companion computer. They usually come through the
 * autopilot's own link; one that has a modem of its own is spoken to where it is heard.
 */
interface Known {
  readonly kind: VehicleComponent['kind'];
  readonly mavType: number | null;
  link: Link;
  endpoint: string;
  lastHeardAtMs: number;
}

/** A snapshot that told every frame of every component would change for nothing. */
const TELL_EVERY_MS = 1_000;
const MAX_COMPONENTS = 32;

export class Components {
  readonly #known = new Map<number, Known>();
  #toldAtMs = Number.NEGATIVE_INFINITY;

  /** True: `list` is worth telling again. */
  note(link: Link, endpoint: string, frame: Frame, atMs: number): boolean {
    const before = this.#known.get(frame.componentId);
    const mavType =
      frame.messageId === Heartbeat.MSG_ID ? decode(frame, Heartbeat).type : (before?.mavType ?? null);
    if (before !== undefined && before.mavType === mavType) {
      before.link = link;
      before.endpoint = endpoint;
      before.lastHeardAtMs = atMs;
      return atMs - this.#toldAtMs >= TELL_EVERY_MS;
    }
    if (this.#known.size >= MAX_COMPONENTS) return false;
    const kind = componentKindOf(frame.componentId, mavType);
    this.#known.set(frame.componentId, { kind, mavType, link, endpoint, lastHeardAtMs: atMs });
    return true;
  }

  list(nowMs: number): readonly VehicleComponent[] {
    this.#toldAtMs = nowMs;
    return [...this.#known]
      .map(([componentId, { kind, mavType, lastHeardAtMs }]) => ({
        componentId,
        kind,
        mavType,
        lastHeardAtMs,
      }))
      .sort((a, b) => a.componentId - b.componentId);
  }

  /** Where a component is heard; null: never. */
  addressOf(componentId: number): { readonly link: Link; readonly endpoint: string } | null {
    return this.#known.get(componentId) ?? null;
  }
}

/** By what it says it is; a component that sends no heartbeat, by its id (MAV_COMPONENT's ranges). */
export function componentKindOf(componentId: number, mavType: number | null): VehicleComponent['kind'] {
  if (componentId === MavComponent.AUTOPILOT1) return 'autopilot';
  switch (mavType) {
    case MavType.GIMBAL:
      return 'gimbal';
    case MavType.CAMERA:
      return 'camera';
    case MavType.ONBOARD_CONTROLLER:
      return 'companion';
    default:
  }
  if (componentId >= MavComponent.CAMERA && componentId <= MavComponent.CAMERA6) return 'camera';
  if (componentId === MavComponent.GIMBAL) return 'gimbal';
  if (componentId >= MavComponent.GIMBAL2 && componentId <= MavComponent.GIMBAL6) return 'gimbal';
  if (componentId >= MavComponent.ONBOARD_COMPUTER && componentId <= MavComponent.ONBOARD_COMPUTER4) {
    return 'companion';
  }
  return 'other';
}

/** Types that are no part of an aircraft, whatever system id they use. */
export function isForeignType(mavType: number): boolean {
  return mavType === MavType.GCS || mavType === MavType.ADSB || mavType === MavType.ANTENNA_TRACKER;
}
