import { buildMessage, type MavLinkData, MissionItemReached } from '../../firmware-bridge/codec/messages.ts';
import type { Px4Aircraft } from './px4-aircraft.ts';
import { NAV } from './px4-modes.ts';

export interface AnnouncementHost {
  broadcast(message: MavLinkData): void;
  /** MISSION_CURRENT and CURRENT_EVENT_SEQUENCE as they are now; null: nothing to say. */
  missionCurrent(): MavLinkData;
  eventSequence(): MavLinkData | null;
  currentMode(): MavLinkData | null;
  armed(isArmed: boolean): void;
}

/** MISSION_CURRENT and a reached item are told once a second, CURRENT_EVENT_SEQUENCE every three. */
const SLOW_EVERY_S = 1;
const SEQUENCE_EVERY_S = 3;
/** How long a reached item is told again (captured: ten times). */
const REACHED_FOR_S = 10;

/** What comes by itself, besides the streams: progress of the mission, a new mode, the newest event's number. */
export class Px4Announcements {
  readonly #host: AnnouncementHost;
  #missionState = 1;
  #slowInS = SLOW_EVERY_S;
  #sequenceInS = SEQUENCE_EVERY_S;
  #reachedTold = -1;
  #reachedAtS = 0;
  #armedTold = false;
  #modeTold = -1;

  constructor(host: AnnouncementHost) {
    this.#host = host;
  }

  restarted(): void {
    this.#reachedTold = -1;
    this.#armedTold = false;
  }

  step(dtS: number, aircraft: Px4Aircraft): void {
    const { armed, navigator, nav, commander, state } = aircraft;
    if (armed !== this.#armedTold) {
      this.#armedTold = armed;
      this.#host.armed(armed);
    }
    const { reached } = navigator.mission;
    if (reached !== this.#reachedTold) {
      this.#reachedTold = reached;
      this.#reachedAtS = state.timeS;
      if (reached >= 0) this.#tellReached(reached);
    }
    const mode = nav * 256 + commander.intended;
    if (mode !== this.#modeTold) {
      this.#modeTold = mode;
      this.#tell(this.#host.currentMode());
    }
    this.#slowInS -= dtS;
    if (this.#slowInS <= 0) {
      this.#slowInS += SLOW_EVERY_S;
      this.#tell(this.#host.missionCurrent());
      if (reached >= 0 && state.timeS - this.#reachedAtS <= REACHED_FOR_S) this.#tellReached(reached);
    }
    this.#sequenceInS -= dtS;
    if (this.#sequenceInS > 0) return;
    this.#sequenceInS += SEQUENCE_EVERY_S;
    this.#tell(this.#host.eventSequence());
  }

  /**
   * MISSION_CURRENT's seq, MISSION_STATE and MISSION_MODE as mavlink_mission.cpp makes them (update_mission_state): one
   * state can last over several modes.
   */
  progress(aircraft: Px4Aircraft): { readonly seq: number; readonly state: number; readonly mode: number } {
    const { nav, navigator, missionOk, missionCount } = aircraft;
    const { mission } = navigator;
    const isActive = nav === NAV.MISSION || nav === NAV.TAKEOFF || nav === NAV.LAND;
    if (missionCount === 0 || !missionOk) this.#missionState = 1;
    else if (mission.finished) this.#missionState = 5;
    else if (isActive) this.#missionState = 3;
    else if (mission.reached >= 0) this.#missionState = 4;
    else if (mission.seq < 1) this.#missionState = 2;
    return { seq: mission.seq, state: this.#missionState, mode: isActive ? 1 : 2 };
  }

  #tellReached(seq: number): void {
    this.#host.broadcast(buildMessage(MissionItemReached, { seq }));
  }

  #tell(message: MavLinkData | null): void {
    if (message !== null) this.#host.broadcast(message);
  }
}
