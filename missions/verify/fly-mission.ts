import type { MissionItem } from '../mission-item.ts';
import type { ElevationModel, LonLat } from '../model.ts';
import { hasPlace } from './check-form.ts';
import { FlightBuilder, type Ground } from './flight-builder.ts';
import type { Flown } from './flight-track.ts';
import { COMMAND, HEIGHT_FRAMES, isLanding, isTakeOff } from './mission-commands.ts';
import type { FlownMission } from './mission-input.ts';
import type { Projection } from './projection.ts';

/** Most items executed, jumps included: more is endless for a battery. */
const MOST_STEPS = 5_000;

/** Radius when the item names none: ArduCopter CIRCLE_RADIUS, ArduPlane WP_LOITER_RAD. */
const DEFAULT_CIRCLE_M: Readonly<Record<string, number>> = { copter: 10, plane: 60, vtol: 60 };

/**
 * Flies a mission on paper: executes the items as the autopilot would and notes every straight piece of the way.
 * Nothing of the planner is used; what autopilots do is taken from ArduCopter's mode_auto.cpp and mode_rtl.cpp and
 * PX4's navigator. Bad items are no reason to stop: `checkForm` reports them, here they are passed over.
 */
export function flyMission(
  mission: FlownMission,
  projection: Projection,
  elevation: ElevationModel | null,
): Flown {
  return new Interpreter(mission, projection, elevation).run();
}

class Interpreter {
  private readonly mission: FlownMission;
  private readonly projection: Projection;
  private readonly build: FlightBuilder;
  private readonly jumps = new Map<number, number>();
  private readonly targets: { item: number; place: LonLat }[] = [];
  private readonly speeds: { item: number; speedMps: number }[] = [];
  private readonly unknownHeights: { item: number; reason: string }[] = [];
  private endless: { item: number; reason: string } | null = null;

  constructor(mission: FlownMission, projection: Projection, elevation: ElevationModel | null) {
    this.mission = mission;
    this.projection = projection;
    this.build = new FlightBuilder(mission, groundOf(mission, projection, elevation), projection);
  }

  run(): Flown {
    const { items } = this.mission.plan;
    let index = 0;
    let steps = 0;
    while (index >= 0 && index < items.length && this.endless === null) {
      if (++steps > MOST_STEPS) {
        this.endless = { item: index, reason: `more than ${MOST_STEPS} items are flown` };
        break;
      }
      index = this.execute(items[index] as MissionItem, index);
    }
    return {
      edges: this.build.edges,
      targets: this.targets,
      speeds: this.speeds,
      unknownHeights: this.unknownHeights,
      endless: this.endless,
    };
  }

  /** Flies one item and tells which comes next; −1 ends the mission. */
  private execute(item: MissionItem, index: number): number {
    const { build } = this;
    build.item = index;
    if (isTakeOff(item.command)) {
      this.takeOff(item, index);
      return index + 1;
    }
    if (isLanding(item.command)) {
      if (item.x !== 0 || item.y !== 0) build.flyLevel(this.east(item), this.north(item));
      build.land();
      return index + 1;
    }
    switch (item.command) {
      case COMMAND.RETURN:
        build.returnHome();
        return -1;
      case COMMAND.WAYPOINT:
        this.go(item, index, 0);
        // ArduPilot's planes take param1 for something else and fly through.
        if (this.mission.vehicleClass === 'copter' || this.mission.autopilot === 'px4')
          build.hold(item.param1);
        return index + 1;
      case COMMAND.SPLINE_WAYPOINT:
        this.go(item, index, SPLINE_BULGE);
        build.hold(item.param1);
        return index + 1;
      case COMMAND.LOITER_TIME:
        this.loiter(item, index, { seconds: Math.max(0, item.param1) });
        return index + 1;
      case COMMAND.LOITER_TURNS:
        this.loiter(item, index, { turns: Math.min(255, Math.max(0, item.param1)) });
        return index + 1;
      case COMMAND.LOITER_TO_ALT:
        this.go(item, index, 0);
        build.stop();
        return index + 1;
      case COMMAND.LOITER_UNLIM:
        this.go(item, index, 0);
        this.endless = { item: index, reason: 'it loiters without an end' };
        return -1;
      case COMMAND.DELAY:
        build.hold(item.param1);
        return index + 1;
      case COMMAND.JUMP:
        return this.jump(item, index);
      default:
        this.act(item, index);
        return index + 1;
    }
  }

  private takeOff(item: MissionItem, index: number): void {
    const height = this.heightAt(item, index, this.build.at.eastM, this.build.at.northM);
    this.build.climbTo(Math.max(height, this.build.at.upM));
    // PX4 goes on to the place of the take-off item; ArduCopter uses its height only.
    if (this.mission.autopilot === 'px4' && (item.x !== 0 || item.y !== 0)) {
      this.build.flyLevel(this.east(item), this.north(item));
    }
  }

  private go(item: MissionItem, index: number, bulgeShare: number): void {
    if (item.x === 0 && item.y === 0) return;
    const east = this.east(item);
    const north = this.north(item);
    const height = this.heightAt(item, index, east, north);
    if (HEIGHT_FRAMES.get(item.frame) === 'terrain')
      this.build.flyOverGround(east, north, item.z, bulgeShare);
    else this.build.flyTo({ eastM: east, northM: north, upM: height }, bulgeShare);
  }

  private loiter(item: MissionItem, index: number, how: { seconds?: number; turns?: number }): void {
    const { vehicleClass } = this.mission;
    const hovers = vehicleClass === 'copter' && how.turns === undefined;
    if (hovers) {
      this.go(item, index, 0);
      this.build.hold(how.seconds ?? 0);
      return;
    }
    if (item.x === 0 && item.y === 0) return;
    const told = Math.abs(item.param3);
    const radiusM = told >= 1 ? told : (DEFAULT_CIRCLE_M[vehicleClass] ?? 60);
    const centre = { eastM: this.east(item), northM: this.north(item) };
    const upM = this.heightAt(item, index, centre.eastM, centre.northM);
    this.build.circle({ ...centre, upM }, radiusM, item.param3 < 0, how);
  }

  private jump(item: MissionItem, index: number): number {
    const target = item.param1 - (this.mission.autopilot === 'ardupilot' ? 1 : 0);
    if (!Number.isInteger(target) || target < 0 || target >= this.mission.plan.items.length) return index + 1;
    if (item.param2 < 0) {
      this.endless = { item: index, reason: 'it jumps back for ever' };
      return -1;
    }
    const done = this.jumps.get(index) ?? 0;
    if (done >= item.param2) return index + 1;
    this.jumps.set(index, done + 1);
    return target;
  }

  private act(item: MissionItem, index: number): void {
    const { build } = this;
    const place = { lonDeg: item.y / 1e7, latDeg: item.x / 1e7 };
    switch (item.command) {
      case COMMAND.CHANGE_SPEED:
        // Type 2 and 3 are climb and descent speeds; types 0 and 1 mean the same to a multicopter.
        if (item.param1 <= 1 && item.param2 > 0) {
          build.speedMps = item.param2;
          this.speeds.push({ item: index, speedMps: item.param2 });
        }
        return;
      case COMMAND.ROI_LOCATION:
      case COMMAND.ROI:
        if (hasPlace(item)) this.targets.push({ item: index, place });
        // Where the camera points then depends on the place: neither ahead nor down.
        build.cameraPitchDeg = null;
        return;
      case COMMAND.ROI_NONE:
        build.cameraPitchDeg = null;
        return;
      case COMMAND.MOUNT_CONTROL:
      case COMMAND.GIMBAL_PITCHYAW:
        if (Number.isFinite(item.param1)) build.cameraPitchDeg = item.param1;
        return;
      case COMMAND.CAM_TRIGG_DIST:
      case COMMAND.CAM_TRIGG_INTERVAL:
        build.isRecording = item.param1 > 0;
        return;
      case COMMAND.IMAGE_START:
      case COMMAND.VIDEO_START:
        build.isRecording = true;
        return;
      case COMMAND.DIGICAM_CONTROL:
        build.photo();
        return;
      case COMMAND.IMAGE_STOP:
      case COMMAND.VIDEO_STOP:
        build.isRecording = false;
        return;
      default:
        return;
    }
  }

  /** Height above home that an item means, at a place. */
  private heightAt(item: MissionItem, index: number, eastM: number, northM: number): number {
    const datum = HEIGHT_FRAMES.get(item.frame) ?? 'home';
    const { ground } = this.build;
    if (datum === 'home') return item.z;
    if (datum === 'amsl') {
      if (ground.homeAmslM !== null) return item.z - ground.homeAmslM;
      this.unknownHeights.push({
        item: index,
        reason: 'it is above sea level, and the height of home is not known',
      });
      return item.z;
    }
    const groundM = ground.aboveHomeM(eastM, northM);
    if (groundM !== null) return groundM + item.z;
    this.unknownHeights.push({ item: index, reason: 'it is above terrain, and no terrain is known there' });
    return item.z;
  }

  private east(item: MissionItem): number {
    return this.projection.eastM(item.y / 1e7);
  }

  private north(item: MissionItem): number {
    return this.projection.northM(item.x / 1e7);
  }
}

/**
 * Most that a spline leaves its chord, as a share of the chord. ArduPilot's SplineCurve is a cubic Hermite curve whose
 * two tangents together are at most SPLINE_FACTOR = 4 chords long; each enters with a weight of at most 4/27
 * (the maximum of t(1−t)²), so 4 · 4/27.
 */
const SPLINE_BULGE = 16 / 27;

/** Ground heights as the builder needs them. */
export function groundOf(
  mission: Pick<FlownMission, 'home'>,
  projection: Projection,
  elevation: ElevationModel | null,
): Ground {
  const { position, elevationAmslM } = mission.home;
  const homeAmslM = elevationAmslM ?? elevation?.elevationAmslM(position.lonDeg, position.latDeg) ?? null;
  return {
    homeAmslM,
    spacingM: elevation === null ? null : Math.max(1, elevation.spacingM),
    aboveHomeM: (eastM, northM) => {
      if (elevation === null || homeAmslM === null) return null;
      const { lonDeg, latDeg } = projection.lonLat(eastM, northM);
      const amslM = elevation.elevationAmslM(lonDeg, latDeg);
      return amslM === null ? null : amslM - homeAmslM;
    },
  };
}
