import type { MissionItem } from '../../missions/mission-item.ts';
import { type AircraftState, type Demand, parkedAircraft, type Wind } from '../aircraft/aircraft-state.ts';
import { batteryAt } from '../aircraft/battery.ts';
import { type GeoPoint, LocalFrame, type LocalPoint } from '../aircraft/local-frame.ts';
import { stepAircraft } from '../aircraft/step-aircraft.ts';
import { Px4BatteryWatch } from './px4-battery-watch.ts';
import { Px4Commander, REASON } from './px4-commander.ts';
import { Px4Estimator } from './px4-estimator.ts';
import { type EventArgument, type EventLog, LEVEL } from './px4-events.ts';
import { type Px4FlightSettings, settingsOf } from './px4-flight-settings.ts';
import { type FenceArea, fenceAreas, isInside, isWithinBound } from './px4-geofence.ts';
import { checkHealth, type HealthReport, tellFirstHealth, tellHealth } from './px4-health.ts';
import { objectionTo } from './px4-mission-check.ts';
import { hasPosition, isRelative } from './px4-mission-items.ts';
import { modeOf, NAV, type NavState } from './px4-modes.ts';
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
/** The fence is looked at five times a second, objections of others and the rest of the health once. */
const FENCE_EVERY_S = 0.2;
const OBJECTIONS_EVERY_S = 1;
/** MIS_DIST_1WP's default; the parameter is not among those that this PX4 lists. */
const MAX_FIRST_WAYPOINT_M = 10_000;

/** One simulated PX4 multicopter: physics, estimate, commander, navigator. Knows nothing of MAVLink frames. */
export class Px4Aircraft {
  readonly frame: LocalFrame;
  readonly navigator: Px4Navigator;
  readonly commander: Px4Commander;
  readonly estimator: Px4Estimator;
  readonly battery: Px4BatteryWatch;
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
  #areas: readonly FenceArea[] = [];
  #missionOk = false;
  #fenceBreached = false;
  #fenceInS = 0;
  #objections: readonly string[] = [];
  #objectionsInS = 0;
  #refusal: string | null = null;
  #gust: { readonly eastMps: number; readonly northMps: number } | null = null;
  /** Null until a first heartbeat of a ground station. */
  #gcsSilentForS: number | null = null;
  #gcsLost = true;
  #gcsLostOnce = false;
  #offboardSilentForS = Number.POSITIVE_INFINITY;
  #health: HealthReport | null = null;
  #healthKey = -1;
  #isAsked = false;
  /** Waits until the mode is AUTO.LOITER. */
  #reposition: Reposition | null = null;
  #saidTexts: readonly string[] = [];

  constructor(options: Px4AircraftOptions) {
    this.#options = options;
    this.frame = new LocalFrame(options.start);
    this.#state = { ...parkedAircraft(options.seed), battery: batteryAt(options.batteryFraction) };
    this.#settings = settingsOf(options.parameters);
    this.#settingsVersion = options.parameters.version;
    this.estimator = new Px4Estimator(options.startupS);
    this.battery = new Px4BatteryWatch();
    const say = this.#say.bind(this);
    this.navigator = new Px4Navigator({
      parameters: options.parameters,
      originAmslM: options.start.altitudeAmslM,
      settings: () => this.#settings,
      mission: () => options.stored(0),
      rally: () => options.stored(2),
      placeOf: (item) => this.placeOf(item),
      home: () => this.#home,
      isLanded: () => this.#landed,
      isAllowed: (point) => this.isAllowed(point),
      say,
      passing: (seq, item) => options.passing(seq, item),
      returnToLaunch: () => this.#returnToLaunch(),
    });
    this.commander = new Px4Commander({
      number: (name) => options.parameters.number(name),
      isLanded: () => this.#landed,
      report: () => this.health(),
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
  get isGcsLost(): boolean {
    return this.#gcsLost;
  }
  get missionCount(): number {
    return this.#options.stored(0).length;
  }
  get missionOk(): boolean {
    return this.#missionOk;
  }
  get isFenceBreached(): boolean {
    return this.#fenceBreached;
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
    if (this.#state.timeS === 0) tellFirstHealth(this.#options.events);
    this.#watchPosition(dtS);
    const demand = this.#demand();
    this.#state = stepAircraft(this.#state, dtS, {
      demand,
      limits: this.#settings.limits,
      wind: this.#wind(),
    });
    this.#detectLanding(dtS);
    this.battery.step(this.#state.battery, this.armed, (name) => this.parameters.number(name));
    this.#watchLinks(dtS);
    this.#watchFence(dtS);
    this.#watchObjections(dtS);
    this.commander.step(dtS, {
      battery: this.battery.warning,
      isGcsLost: this.#gcsLost,
      isFenceBreached: this.#fenceBreached,
      isOffboardLost: this.#isOffboardLost(),
      isFinished: this.navigator.finished,
    });
    this.#startReposition();
    this.health();
  }

  /** All checks as they are now; told as events and texts when they changed. */
  health(): HealthReport {
    const key = this.#keyOfHealth();
    if (this.#health !== null && key === this.#healthKey) return this.#health;
    const report = checkHealth({
      nav: this.armed ? NAV.LOITER : this.nav,
      localPositionOk: this.estimator.positionOk,
      globalPositionOk: this.estimator.positionOk,
      homeOk: this.#home !== null,
      missionOk: this.#missionOk,
      offboardOk: !this.#isOffboardLost(),
      isGcsHeard: !this.#gcsLost,
      isGcsNeeded: this.parameters.number('NAV_DLL_ACT') > 0,
      battery: this.battery.warning,
      isCompassOk: this.estimator.isCompassOk,
      refusals: this.#refusals(),
    });
    this.#health = report;
    this.#healthKey = key;
    // While it starts everything is missing: that is told only when somebody asks.
    if (this.#isAsked || this.estimator.positionOk || this.armed) {
      tellHealth(report, !this.#gcsLost, this.#options.events);
    }
    this.#sayTexts(report, this.#saidTexts);
    return report;
  }

  /** RUN_PREARM_CHECKS, and before an arming is decided: everything once more. */
  tellHealth(): void {
    this.#objections = this.#options.objections();
    this.#healthKey = -1;
    this.#saidTexts = [];
    this.#isAsked = true;
    this.health();
    this.#isAsked = false;
  }

  /** By command. @returns false when refused; the reasons have then been said. */
  arm(): boolean {
    if (!this.armed && !this.commander.canArm) this.#sayTexts(this.health(), []);
    const isArmed = this.commander.arm(REASON.command);
    if (!isArmed && !this.estimator.positionOk) this.tellHealth();
    return isArmed;
  }

  /** DO_REPOSITION while armed: the aircraft goes to AUTO.LOITER first, then there. */
  repositionTo(wish: Reposition): void {
    this.#reposition = wish;
  }

  gcsHeard(): void {
    this.#gcsSilentForS = 0;
    if (!this.#gcsLost) return;
    this.#gcsLost = false;
    if (!this.#gcsLostOnce) return;
    this.#say(INFO, 'GCS connection regained', 'commander_dl_regained', LEVEL.INFO);
  }

  offboardHeard(): void {
    this.#offboardSilentForS = 0;
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

  /** Whether fence and GF_MAX_* let the aircraft be there. */
  isAllowed(point: LocalPoint): boolean {
    return isInside(this.#areas, point) && isWithinBound(this.#bound(), point);
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
      isAllowed: (point) => this.isAllowed(point),
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

  /** An area that home or the flying aircraft would be outside of is not used, and that is said. */
  fenceChanged(): void {
    const areas = fenceAreas(this.#options.stored(1), this.frame);
    this.#areas = areas.filter((area) => this.#isUsable(area));
    this.#fenceBreached = false;
    this.checkMission();
  }

  /** Fault: arming is refused with this reason until null. */
  refuseToArm(reason: string | null): void {
    this.#refusal = reason;
    this.#healthKey = -1;
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

  #watchLinks(dtS: number): void {
    this.#offboardSilentForS += dtS;
    if (this.#gcsSilentForS === null || this.#gcsLost) return;
    this.#gcsSilentForS += dtS;
    if (this.#gcsSilentForS <= this.parameters.number('COM_DL_LOSS_T')) return;
    this.#gcsLost = true;
    this.#gcsLostOnce = true;
    this.#say(INFO, 'Connection to ground station lost', 'commander_gcs_lost', LEVEL.WARNING_INFO);
  }

  #isOffboardLost(): boolean {
    return this.#offboardSilentForS > this.parameters.number('COM_OF_LOSS_T');
  }

  #watchFence(dtS: number): void {
    this.#fenceInS -= dtS;
    if (this.#fenceInS > 0) return;
    this.#fenceInS = FENCE_EVERY_S;
    this.#fenceBreached = this.armed && !this.#landed && !this.isAllowed(this.seen());
  }

  #watchObjections(dtS: number): void {
    this.#objectionsInS -= dtS;
    if (this.#objectionsInS > 0) return;
    this.#objectionsInS = OBJECTIONS_EVERY_S;
    const now = this.#options.objections();
    if (now.join('\n') === this.#objections.join('\n')) return;
    this.#objections = now;
    this.#healthKey = -1;
  }

  #refusals(): readonly string[] {
    return this.#refusal === null ? this.#objections : [this.#refusal, ...this.#objections];
  }

  /** All that the report depends on besides the objections, in bits. */
  #keyOfHealth(): number {
    const { positionOk, isCompassOk } = this.estimator;
    return (
      (positionOk ? 1 : 0) |
      (isCompassOk ? 2 : 0) |
      (this.#home === null ? 0 : 4) |
      (this.#missionOk ? 8 : 0) |
      (this.#isOffboardLost() ? 16 : 0) |
      (this.#gcsLost ? 32 : 0) |
      (this.parameters.number('NAV_DLL_ACT') > 0 ? 64 : 0) |
      (this.battery.warning << 7) |
      (!this.armed && modeOf(this.nav).needs.preventsArming ? 512 : 0)
    );
  }

  /** A text is said when its check begins to fail, not again while it goes on. */
  #sayTexts(report: HealthReport, said: readonly string[]): void {
    const now: string[] = [];
    for (const { text } of report.checks) {
      // Preflight is over once it is armed.
      if (text === null || (this.armed && text.text.startsWith('Preflight'))) continue;
      now.push(text.text);
      if (!said.includes(text.text)) this.#options.text(text.severity, `${text.text}\t`);
    }
    this.#saidTexts = now;
  }

  #isUsable(area: FenceArea): boolean {
    if (this.#home !== null && !isInside([area], this.#home)) {
      const event = 'navigator_geofence_invalid_against_home';
      this.#say(CRITICAL, "Geofence invalid, doesn't contain Home position", event, LEVEL.CRITICAL_WARNING);
      return false;
    }
    const isFlying = !this.#landed && this.parameters.number('GF_ACTION') !== 0;
    if (isFlying && !isInside([area], this.seen())) {
      const event = 'navigator_geofence_invalid_against_cur_pos';
      const text = "Geofence invalid, doesn't contain current vehicle position";
      this.#say(CRITICAL, text, event, LEVEL.CRITICAL_WARNING);
      return false;
    }
    return true;
  }

  #bound() {
    return {
      home: this.#home,
      maxDistanceM: this.parameters.number('GF_MAX_HOR_DIST'),
      maxHeightM: this.parameters.number('GF_MAX_VER_DIST'),
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
