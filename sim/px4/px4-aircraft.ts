import type { MissionItem } from '../../missions/mission-item.ts';
import { type AircraftState, type Demand, parkedAircraft, type Wind } from '../aircraft/aircraft-state.ts';
import { batteryAt } from '../aircraft/battery.ts';
import { type GeoPoint, LocalFrame, type LocalPoint } from '../aircraft/local-frame.ts';
import { stepAircraft } from '../aircraft/step-aircraft.ts';
import { Px4BatteryWatch } from './px4-battery-watch.ts';
import { Px4Commander, REASON } from './px4-commander.ts';
import { Px4Estimator } from './px4-estimator.ts';
import { type EventArgument, type EventLog, LEVEL } from './px4-events.ts';
import { Px4FenceWatch } from './px4-fence-watch.ts';
import { type Px4FlightSettings, settingsOf } from './px4-flight-settings.ts';
import { type HealthFacts, Px4HealthWatch } from './px4-health-watch.ts';
import { Px4Links } from './px4-links.ts';
import { objectionTo } from './px4-mission-check.ts';
import { hasPosition, isRelative } from './px4-mission-items.ts';
import { NAV, type NavState } from './px4-modes.ts';
import { Px4Navigator, type Reposition } from './px4-navigator.ts';
import type { Px4Parameters } from './px4-parameters.ts';

export interface Px4AircraftOptions {
  readonly start: GeoPoint;
  readonly seed: number;
  /** Seconds from power-on until it can be armed. */
  readonly startupS: number;
  readonly wind: Wind;
  /** Charge at power-on, 0–1. */
  readonly batteryFraction: number;
  readonly parameters: Px4Parameters;
  readonly events: EventLog;
  stored(type: 0 | 1 | 2): readonly MissionItem[];
  /** What else aboard speaks against arming. */
  objections(): readonly string[];
  text(severity: number, text: string): void;
  passing(seq: number, item: MissionItem): void;
  homeSet(): void;
}

const CRITICAL = 2;
const WARNING = 4;
const INFO = 6;
/** Still on the ground this long counts as landed (LNDMC_TRIG_TIME). */
const LAND_DETECT_S = 1;
/** From arming until a take-off shows in the thrust; captured: 1.8–2 s. */
const TAKEOFF_DETECT_S = 1.8;
/** MIS_DIST_1WP's default; the parameter is not among those that this PX4 lists. */
const MAX_FIRST_WAYPOINT_M = 10_000;

/** One simulated PX4 multicopter: physics, estimate, commander, navigator. Knows nothing of MAVLink frames. */
export class Px4Aircraft {
  readonly frame: LocalFrame;
  readonly navigator: Px4Navigator;
  readonly commander: Px4Commander;
  readonly estimator: Px4Estimator;
  readonly battery: Px4BatteryWatch;
  readonly links: Px4Links;
  readonly fence: Px4FenceWatch;
  readonly health: Px4HealthWatch;
  readonly #options: Px4AircraftOptions;
  #state: AircraftState;
  #settings: Px4FlightSettings;
  #settingsVersion: number;
  #home: LocalPoint | null = null;
  #isHomeManual = false;
  #tookOffFromGround = false;
  #landed = true;
  #groundForS = 0;
  #groundUpM = 0;
  #missionOk = false;
  #gust: { readonly eastMps: number; readonly northMps: number } | null = null;
  /** Waits until the mode is AUTO.LOITER. */
  #reposition: Reposition | null = null;

  constructor(options: Px4AircraftOptions) {
    this.#options = options;
    this.frame = new LocalFrame(options.start);
    this.#state = { ...parkedAircraft(options.seed), battery: batteryAt(options.batteryFraction) };
    this.#settings = settingsOf(options.parameters);
    this.#settingsVersion = options.parameters.version;
    this.estimator = new Px4Estimator(options.startupS);
    this.battery = new Px4BatteryWatch();
    const say = this.#say.bind(this);
    const { parameters, events } = options;
    this.links = new Px4Links(parameters, say);
    this.fence = new Px4FenceWatch({
      frame: this.frame,
      parameters,
      say,
      home: () => this.#home,
      at: () => this.seen(),
      isFlying: () => this.armed && !this.#landed,
    });
    this.health = new Px4HealthWatch({
      events,
      facts: () => this.#facts(),
      objections: () => options.objections(),
      text: (severity, text) => options.text(severity, text),
    });
    this.navigator = new Px4Navigator({
      parameters: options.parameters,
      originAmslM: options.start.altitudeAmslM,
      settings: () => this.#settings,
      mission: () => options.stored(0),
      rally: () => options.stored(2),
      placeOf: (item) => this.placeOf(item),
      home: () => this.#home,
      isLanded: () => this.#landed,
      isAllowed: (point) => this.fence.isAllowed(point),
      say,
      passing: (seq, item) => options.passing(seq, item),
      returnToLaunch: () => this.#returnToLaunch(),
    });
    this.commander = new Px4Commander({
      number: (name) => options.parameters.number(name),
      isLanded: () => this.#landed,
      report: () => this.health.report(),
      say,
      event: (name, level, ...args) => options.events.say(name, level, ...args),
      enterMode: (nav) => {
        this.#tookOffFromGround = this.#landed;
        this.navigator.enter(nav, this.seen());
      },
      armed: () => this.#setHomeHere(),
      disarmed: () => this.#disarmed(),
    });
  }

  /** What is really so. */
  get state(): AircraftState {
    return this.#state;
  }
  get parameters(): Px4Parameters {
    return this.#options.parameters;
  }
  get home(): LocalPoint | null {
    return this.#home;
  }
  /** Verdict of the land detector. */
  get landed(): boolean {
    return this.#landed;
  }
  get armed(): boolean {
    return this.commander.armed;
  }
  get nav(): NavState {
    return this.commander.nav;
  }
  get missionCount(): number {
    return this.#options.stored(0).length;
  }
  get missionOk(): boolean {
    return this.#missionOk;
  }
  get isReady(): boolean {
    return this.commander.canArm;
  }
  /** Without gusts. */
  get meanWind(): Wind {
    return this.#wind();
  }
  get heightAboveHomeM(): number {
    return this.#home === null ? 0 : this.#state.upM - this.#home.upM;
  }
  /** MAV_LANDED_STATE: 1 on ground, 2 in air, 3 taking off, 4 landing. */
  get landedState(): number {
    if (this.#landed) return 1;
    if (this.nav === NAV.TAKEOFF && this.#tookOffFromGround) return 3;
    return this.navigator.stage?.kind === 'land' || this.nav === NAV.DESCEND ? 4 : 2;
  }

  /** What the autopilot believes; the same object as `state` while its position is right. */
  seen(): AircraftState {
    return this.estimator.seen(this.#state);
  }

  /** One step of at most 0.05 s. */
  step(dtS: number): void {
    if (this.#settingsVersion !== this.parameters.version) {
      this.#settings = settingsOf(this.parameters);
      this.#settingsVersion = this.parameters.version;
    }
    if (this.#state.timeS === 0) this.health.sayHello();
    this.#watchPosition(dtS);
    const demand = this.#demand();
    this.#state = stepAircraft(this.#state, dtS, {
      demand,
      limits: this.#settings.limits,
      wind: this.#wind(),
    });
    this.#detectLanding(dtS);
    this.battery.step(this.#state.battery, this.armed, (name) => this.parameters.number(name));
    this.links.step(dtS);
    this.fence.step(dtS);
    this.commander.step(dtS, {
      battery: this.battery.warning,
      isGcsLost: this.links.isGcsLost,
      isFenceBreached: this.fence.isBreached,
      isOffboardLost: this.links.isOffboardLost,
      isFinished: this.navigator.finished,
    });
    this.#startReposition();
    this.health.step(dtS);
  }

  /** By command. @returns false when refused; the reasons have then been said. */
  arm(): boolean {
    if (!this.armed && !this.commander.canArm) this.health.sayAll();
    const isArmed = this.commander.arm(REASON.command);
    if (!isArmed && !this.estimator.positionOk) this.health.tellAll();
    return isArmed;
  }

  /** DO_REPOSITION while armed: the aircraft goes to AUTO.LOITER first, then there. */
  repositionTo(wish: Reposition): void {
    this.#reposition = wish;
  }

  /** `isManual`: named by the operator, and kept when it is armed and takes off. */
  setHome(home: LocalPoint, isManual = false): void {
    const isFirst = this.#home === null;
    this.#isHomeManual = isManual;
    this.#home = { eastM: home.eastM, northM: home.northM, upM: home.upM };
    if (isFirst) this.checkMission();
    this.#options.homeSet();
  }

  /** Place of a mission item; null without one, and for 0, 0 ("here"). */
  placeOf(item: MissionItem): LocalPoint | null {
    if ((!hasPosition(item) && item.command !== 5100) || (item.x === 0 && item.y === 0)) return null;
    const geo = { latDeg: item.x / 1e7, lonDeg: item.y / 1e7, altitudeAmslM: item.z };
    const local = this.frame.toLocal(geo);
    return isRelative(item) ? { ...local, upM: (this.#home?.upM ?? 0) + item.z } : local;
  }

  /** The mission or the fence changed: is the mission one that can be flown? */
  checkMission(): void {
    const items = this.#options.stored(0);
    this.#missionOk = false;
    if (items.length === 0 || this.#home === null) return;
    const objection = objectionTo({
      items,
      home: this.#home,
      isLanded: this.#landed,
      placeOf: (item) => this.placeOf(item),
      isAllowed: (point) => this.fence.isAllowed(point),
      maxFirstDistanceM: MAX_FIRST_WAYPOINT_M,
    });
    if (objection === null) {
      this.#missionOk = true;
      return;
    }
    const { event, level, args, text } = objection;
    if (text === null) this.#options.events.say(event, level, ...args);
    else this.#say(CRITICAL, text, event, level, ...args);
  }

  /** `currentSeq`: the item that was marked as current; null when none was. */
  missionChanged(currentSeq: number | null): void {
    this.checkMission();
    this.navigator.mission.listChanged(currentSeq, this.seen());
  }

  fenceChanged(): void {
    this.fence.setItems(this.#options.stored(1));
    this.checkMission();
  }

  setBatteryFraction(fraction: number): void {
    this.#state = { ...this.#state, battery: batteryAt(fraction) };
  }

  /** Fault: added to the wind; null: over. */
  setGust(gust: { readonly eastMps: number; readonly northMps: number } | null): void {
    this.#gust = gust;
  }

  #startReposition(): void {
    const wish = this.#reposition;
    if (wish === null) return;
    this.#reposition = null;
    if (this.armed && this.nav === NAV.LOITER) this.navigator.reposition(wish, this.seen());
  }

  #demand(): Demand {
    if (!this.armed || this.nav === NAV.TERMINATION) return { kind: 'off' };
    if (this.nav === NAV.DESCEND) return { kind: 'drift', climbMps: -this.#settings.limits.landMps };
    return this.estimator.real(this.navigator.step(this.seen()));
  }

  #wind(): Wind {
    const { wind } = this.#options;
    if (this.#gust === null) return wind;
    const { eastMps, northMps } = this.#gust;
    return { ...wind, eastMps: wind.eastMps + eastMps, northMps: wind.northMps + northMps };
  }

  #watchPosition(dtS: number): void {
    const change = this.estimator.step(dtS, this.#state.timeS);
    if (change === 'gnss-stopped') {
      this.#say(
        WARNING,
        'GNSS data fusion stopped',
        'check_estimator_gnss_fusion_stopped',
        LEVEL.WARNING_INFO,
      );
    } else if (change === 'gnss-started') {
      this.#say(INFO, 'GNSS data fusion started', 'check_estimator_gnss_fusion_started', LEVEL.INFO);
    }
    if (this.#home === null && this.estimator.gpsOk) this.#setHomeHere();
  }

  #detectLanding(dtS: number): void {
    if (!this.armed) {
      this.#landed = this.#state.onGround;
      return;
    }
    const { onGround, spoolS } = this.#state;
    // PX4 sees the take-off in the thrust, some seconds before the aircraft leaves the ground.
    const isLifting = onGround && spoolS >= TAKEOFF_DETECT_S && this.#isClimbing();
    if (!onGround || isLifting) {
      this.#groundForS = 0;
      if (this.#landed) this.#leaveGround();
      return;
    }
    this.#groundUpM = this.#state.upM;
    this.#groundForS += dtS;
    if (this.#groundForS >= LAND_DETECT_S) this.#landed = true;
  }

  #isClimbing(): boolean {
    const { stage } = this.navigator;
    return stage?.kind === 'climb' && stage.to.upM > this.#state.upM;
  }

  /** Home is where it left the ground. */
  #leaveGround(): void {
    this.#landed = false;
    if (this.#isHomeManual || !this.estimator.positionOk) return;
    this.setHome({ ...this.seen(), upM: this.#groundUpM });
  }

  #facts(): HealthFacts {
    const { positionOk, isCompassOk } = this.estimator;
    return {
      // Armed nothing prevents arming any more.
      nav: this.armed ? NAV.LOITER : this.nav,
      isArmed: this.armed,
      localPositionOk: positionOk,
      globalPositionOk: positionOk,
      homeOk: this.#home !== null,
      missionOk: this.#missionOk,
      offboardOk: !this.links.isOffboardLost,
      isGcsHeard: !this.links.isGcsLost,
      isGcsNeeded: this.parameters.number('NAV_DLL_ACT') > 0,
      battery: this.battery.warning,
      isCompassOk,
    };
  }

  #returnToLaunch(): void {
    // The end of the mission is AUTO.LOITER first, so this is what comes back after the landing.
    this.commander.chooseMode(NAV.LOITER);
    if (this.commander.chooseMode(NAV.RTL)) {
      this.#say(INFO, 'Returning to launch', 'commander_rtl', LEVEL.INFO);
    }
  }

  #setHomeHere(): void {
    if (!this.#isHomeManual && this.estimator.gpsOk) this.setHome(this.seen());
  }

  #disarmed(): void {
    this.#landed = this.#state.onGround;
    this.navigator.mission.disarmed();
    this.navigator.leave();
  }

  /** What PX4 says as a text (with the tab that marks texts which are events too) and as an event. */
  #say(
    severity: number,
    text: string,
    event: string,
    level: number,
    ...args: readonly EventArgument[]
  ): void {
    this.#options.text(severity, `${text}\t`);
    this.#options.events.say(event, level, ...args);
  }
}
