import {
  buildMessage,
  type MavLinkData,
  TerrainCheck,
  TerrainData,
  TerrainReport,
  TerrainRequest,
} from '../../../firmware-bridge/codec/messages.ts';
import type { MissionItem } from '../../../missions/mission-item.ts';
import { type Command, RESULT } from '../../vehicle/command.ts';
import type { OnboardHost, OnboardService } from '../../vehicle/onboard-service.ts';
import { AUTOPILOT_COMPONENT, type Peer } from '../../vehicle/outbox.ts';
import { MessageIntervals } from '../message-intervals.ts';
import { TerrainCache } from './terrain-cache.ts';

/** MAV_PROTOCOL_CAPABILITY_TERRAIN. */
const CAPABILITY_TERRAIN = 512n;
const SET_MESSAGE_INTERVAL = 511;
const DEFAULT_SPACING_M = 100;
/** The same block is asked for again after 2 s (AP_Terrain). */
const ASK_AGAIN_S = 2;
const E7 = 1e7;
/** Both of these are wanted: where it is, and where the mission sends it next. */
const WAYPOINT_COMMANDS: ReadonlySet<number> = new Set([16, 17, 18, 19, 21, 22, 82]);

/** The on-board service that is asked for the height of the ground. */
export interface TerrainService extends OnboardService {
  /** Metres above mean sea level; null: it was not given the terrain there (yet). */
  terrainHeightM(lonDeg: number, latDeg: number): number | null;
}

/**
 * ArduPilot's terrain: it asks for the pieces that are missing where it is and where it goes, in the name of the
 * autopilot, to those who asked for TERRAIN_REQUEST by SET_MESSAGE_INTERVAL and to nobody else; keeps what comes;
 * reports. The interval is kept here, because there is nothing to send while nothing is missing.
 */
export function terrainService(host: OnboardHost): TerrainService {
  const cache = new TerrainCache(spacingM(host));
  const intervals = new MessageIntervals();
  const askedAtS = new Map<string, number>();
  let nowS = 0;

  function isEnabled(): boolean {
    return (host.parameter('TERRAIN_ENABLE') ?? 1) !== 0;
  }

  function request(): TerrainRequest | null {
    if (!isEnabled()) return null;
    cache.setSpacing(spacingM(host));
    for (const { lat, lon } of wantedPlaces(host)) {
      const missing = cache.missing(lat, lon);
      if (missing === null) continue;
      const key = `${missing.lat} ${missing.lon}`;
      if (nowS - (askedAtS.get(key) ?? Number.NEGATIVE_INFINITY) < ASK_AGAIN_S) continue;
      if (askedAtS.size > 32) askedAtS.clear();
      askedAtS.set(key, nowS);
      return buildMessage(TerrainRequest, { ...missing, gridSpacing: cache.spacingM });
    }
    return null;
  }

  /** Spacing 0: nothing is known of that place, and the height above it is told as if the ground were at 0 m (asked). */
  function report(lat: number, lon: number): TerrainReport {
    const heightM = isEnabled() ? cache.heightM(lat, lon) : null;
    const { altitudeAmslM } = host.truth();
    return buildMessage(TerrainReport, {
      lat,
      lon,
      spacing: heightM === null ? 0 : cache.spacingM,
      terrainHeight: heightM ?? 0,
      currentHeight: altitudeAmslM - (heightM ?? 0),
      ...cache.counts(),
    });
  }

  function reportHere(): TerrainReport {
    const { lat, lon } = here(host);
    return report(lat, lon);
  }

  return {
    name: 'terrain',
    capabilities: CAPABILITY_TERRAIN,
    terrainHeightM: (lonDeg, latDeg) => cache.heightM(Math.round(latDeg * E7), Math.round(lonDeg * E7)),
    handle(message: MavLinkData, from: Peer): boolean {
      if (message instanceof TerrainData) {
        const { lat, lon, gridSpacing, gridbit, data } = message;
        if (cache.take(lat, lon, gridSpacing, gridbit, data))
          host.send(from, reportHere(), AUTOPILOT_COMPONENT);
        return true;
      }
      if (!(message instanceof TerrainCheck)) return false;
      host.send(from, report(message.lat, message.lon), AUTOPILOT_COMPONENT);
      return true;
    },
    command({ command, params }: Command, targetComponent: number, from: Peer): number | null {
      if (command !== SET_MESSAGE_INTERVAL || params[0] !== TerrainRequest.MSG_ID) return null;
      if (targetComponent > AUTOPILOT_COMPONENT) return null;
      intervals.set(from.channelId, TerrainRequest.MSG_ID, params[1], nowS);
      return RESULT.ACCEPTED;
    },
    telemetry(messageId: number): MavLinkData | null {
      if (messageId === TerrainReport.MSG_ID) return reportHere();
      return messageId === TerrainRequest.MSG_ID ? request() : null;
    },
    step(dtS: number): void {
      nowS += dtS;
      if (intervals.isEmpty) return;
      intervals.emitDue(nowS, (channelId) => {
        const message = request();
        if (message !== null) host.send({ channelId }, message, AUTOPILOT_COMPONENT);
      });
    },
    rebooted(): void {
      intervals.clear();
      askedAtS.clear();
    },
  };
}

function spacingM(host: OnboardHost): number {
  const asked = host.parameter('TERRAIN_SPACING') ?? DEFAULT_SPACING_M;
  return asked >= 10 ? Math.round(asked) : DEFAULT_SPACING_M;
}

function here(host: OnboardHost): { readonly lat: number; readonly lon: number } {
  const { latDeg, lonDeg } = host.truth();
  return { lat: Math.round(latDeg * E7), lon: Math.round(lonDeg * E7) };
}

function wantedPlaces(host: OnboardHost): readonly { readonly lat: number; readonly lon: number }[] {
  const places = [here(host)];
  const next = host.stored(0)[host.truth().missionSeq];
  if (next !== undefined && isPlace(next)) places.push({ lat: next.x, lon: next.y });
  return places;
}

function isPlace({ command, x, y }: MissionItem): boolean {
  return WAYPOINT_COMMANDS.has(command) && (x !== 0 || y !== 0);
}
