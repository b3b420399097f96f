import type { AirspaceZone } from '../model.ts';
import {
  type AirspaceScene,
  activePart,
  along,
  bandParts,
  secondsOf,
  Tally,
  whereOf,
} from './airspace-parts.ts';
import { geometryFault } from './airspace-shapes.ts';
import type { Edge } from './flight-track.ts';
import { failed, type MissionCheck, notApplicable, passed, remarked } from './mission-report.ts';
import { type Interval, isInside, outsideOf } from './rings.ts';

export function checkAirspace(scene: AirspaceScene): MissionCheck[] {
  return [
    checkFence(scene),
    checkNoFly(scene),
    checkAltitudeZones(scene),
    checkPrivacy(scene),
    checkRally(scene),
  ];
}

function checkFence(scene: AirspaceScene): MissionCheck {
  const { fences, timed } = scene;
  if (fences.length === 0) return notApplicable('fence', 'The plan has no fence.');
  const tally = new Tally(scene);
  timed.edges.forEach((edge, i) => {
    for (const fence of fences) {
      const name = `${fence.isInclusion ? 'inclusion' : 'exclusion'} at item ${fence.item}`;
      const shape = scene.grown(fence.shape, fence.isInclusion ? -edge.bulgeM : edge.bulgeM);
      const inside = along(shape, edge);
      tally.add(i, fence.isInclusion ? outsideOf(inside) : inside, name);
    }
  });
  const draft = { figure: secondsOf(tally.found), unit: 's', limit: 0 };
  const { found } = tally;
  if (found === null) {
    return passed('fence', { ...draft, message: `Inside the fence (${fences.length} shapes) all the way.` });
  }
  return failed('fence', {
    ...draft,
    where: whereOf(found),
    message: `The flight breaks the fence (${found.name}) on the way to item ${found.item}.`,
  });
}

function checkNoFly(scene: AirspaceScene): MissionCheck {
  const zones = scene.zones.filter(({ zone }) => zone.kind === 'no-fly');
  const fault = unreadable(scene, 'no-fly');
  if (fault !== null) {
    return failed('no-fly', { figure: null, unit: 's', limit: 0, message: fault });
  }
  if (zones.length === 0) return notApplicable('no-fly', 'There are no no-fly zones.');
  const tally = new Tally(scene);
  scene.timed.edges.forEach((edge, i) => {
    for (const { zone, shape } of zones) {
      const inside = along(scene.grown(shape, edge.bulgeM), edge);
      if (inside.length === 0) continue;
      const active = inside.flatMap((part) => activePart(scene, zone, i, part));
      tally.add(
        i,
        active.flatMap((part) => bandParts(scene, zone, edge, part, 'inside')),
        zone.name,
      );
    }
  });
  const draft = { figure: secondsOf(tally.found), unit: 's', limit: 0 };
  const { found } = tally;
  if (found === null)
    return passed('no-fly', { ...draft, message: `Clear of ${zones.length} no-fly zones.` });
  return failed('no-fly', {
    ...draft,
    where: whereOf(found),
    message: `The flight is ${secondsOf(found)} s in no-fly zones, first in ${found.name} on the way to item ${found.item}.`,
  });
}

function checkAltitudeZones(scene: AirspaceScene): MissionCheck {
  const zones = scene.zones.filter(({ zone }) => zone.kind === 'altitude');
  const fault = unreadable(scene, 'altitude');
  if (fault !== null) {
    return failed('altitude-zones', { figure: null, unit: 's', limit: 0, message: fault });
  }
  if (zones.length === 0) return notApplicable('altitude-zones', 'There are no altitude zones.');
  const tally = new Tally(scene);
  scene.timed.edges.forEach((edge, i) => {
    // Who takes off or lands inside has to pass below the floor; the ceiling holds all the same.
    const isVertical =
      edge.phase === 'wait' ||
      edge.phase === 'take-off' ||
      edge.phase === 'descent' ||
      edge.phase === 'return-climb';
    for (const { zone, shape } of zones) {
      const judged = isVertical ? { ...zone, floorM: null } : zone;
      const inside = along(scene.grown(shape, edge.bulgeM), edge);
      const active = inside.flatMap((part) => activePart(scene, zone, i, part));
      tally.add(
        i,
        active.flatMap((part) => bandParts(scene, judged, edge, part, 'outside')),
        zone.name,
      );
    }
  });
  const draft = { figure: secondsOf(tally.found), unit: 's', limit: 0 };
  const { found } = tally;
  if (found === null) {
    return passed('altitude-zones', {
      ...draft,
      message: `Within the heights of ${zones.length} altitude zones.`,
    });
  }
  return failed('altitude-zones', {
    ...draft,
    where: whereOf(found),
    message: `The flight leaves the allowed heights of ${found.name} on the way to item ${found.item}.`,
  });
}

/** From here down a camera counts as looking at what is below. */
const LOOKS_DOWN_DEG = -45;

/**
 * Flying over is allowed, looking is not: covering legs, a camera told to look down, one that records unaimed. The
 * part of an edge on which the camera looks down; null: it does not.
 */
function lookingPart(scene: AirspaceScene, edge: Edge): Interval | null {
  const pitch = edge.cameraPitchDeg;
  if (pitch !== null) return pitch <= LOOKS_DOWN_DEG ? [0, 1] : null;
  if (scene.isCovering(edge) || edge.isRecording) return [0, 1];
  return scene.isCoveringEnd(edge) ? [1 - 1e-6, 1] : null;
}

function checkPrivacy(scene: AirspaceScene): MissionCheck {
  const zones = scene.zones.filter(({ zone }) => zone.kind === 'privacy');
  const fault = unreadable(scene, 'privacy');
  if (fault !== null) {
    return failed('privacy', { figure: null, unit: 's', limit: 0, message: fault });
  }
  if (zones.length === 0) return notApplicable('privacy', 'There are no privacy zones.');
  const refused = new Tally(scene);
  const allowed = new Tally(scene);
  scene.timed.edges.forEach((edge, i) => {
    const looking = lookingPart(scene, edge);
    if (looking === null) return;
    for (const { zone, shape } of zones) {
      const inside = along(scene.grown(shape, edge.bulgeM), edge);
      // A band says from which heights nobody may look.
      const parts = inside
        .filter(([, to]) => to > looking[0])
        .map(([from, to]): Interval => [Math.max(from, looking[0]), to])
        .flatMap((part) => activePart(scene, zone, i, part))
        .flatMap((part) => bandParts(scene, zone, edge, part, 'inside'));
      (scene.privacyAllowed.includes(zone.zoneId) ? allowed : refused).add(i, parts, zone.name);
    }
  });
  for (const target of scene.flown.targets) {
    const eastM = scene.projection.eastM(target.place.lonDeg);
    const northM = scene.projection.northM(target.place.latDeg);
    for (const { zone, shape } of zones) {
      if (!isInside(shape.rings, eastM, northM)) continue;
      const tally = scene.privacyAllowed.includes(zone.zoneId) ? allowed : refused;
      tally.found ??= { seconds: 0.01, item: target.item, place: target.place, name: zone.name };
    }
  }
  const found = refused.found ?? allowed.found;
  const draft = { figure: secondsOf(refused.found), unit: 's', limit: 0 };
  if (found === null) {
    return passed('privacy', {
      ...draft,
      message: `The camera looks into none of ${zones.length} privacy zones.`,
    });
  }
  if (refused.found === null) {
    return remarked('privacy', {
      ...draft,
      figure: secondsOf(found),
      where: whereOf(found),
      message: `The camera looks into ${found.name}, which was allowed for this mission.`,
    });
  }
  return failed('privacy', {
    ...draft,
    where: whereOf(found),
    message: `The camera looks into the privacy zone ${found.name} at item ${found.item}.`,
  });
}

function checkRally(scene: AirspaceScene): MissionCheck {
  if (scene.rally.length === 0) return notApplicable('rally-allowed', 'The plan has no rally points.');
  const bad = scene.rally.flatMap((spot, item) => {
    const isFenced = scene.fences.some(
      ({ shape, isInclusion }) => isInside(shape.rings, spot.eastM, spot.northM) !== isInclusion,
    );
    // Whoever lands passes every height, at a time that nobody knows.
    const isForbidden = scene.zones.some(
      ({ zone, shape }) => zone.kind === 'no-fly' && isInside(shape.rings, spot.eastM, spot.northM),
    );
    return isFenced || isForbidden ? [{ item, spot, isFenced }] : [];
  });
  const draft = { figure: bad.length, unit: 'items', limit: 0 };
  const first = bad[0];
  if (first === undefined) {
    return passed('rally-allowed', {
      ...draft,
      message: `${scene.rally.length} rally points where landing is allowed.`,
    });
  }
  return failed('rally-allowed', {
    ...draft,
    where: { item: first.item, place: scene.projection.lonLat(first.spot.eastM, first.spot.northM) },
    message: `Rally point ${first.item} lies ${first.isFenced ? 'outside the fence' : 'in a no-fly zone'}.`,
  });
}

function unreadable(scene: AirspaceScene, kind: AirspaceZone['kind']): string | null {
  for (const zone of scene.allZones) {
    if (zone.kind !== kind) continue;
    const fault = geometryFault(zone.geometry);
    if (fault !== null) return `The zone ${zone.name} cannot be read: ${fault}.`;
  }
  return null;
}
