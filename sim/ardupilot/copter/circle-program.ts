import type { AircraftState, Demand } from '../../aircraft/aircraft-state.ts';
import type { LocalPoint } from '../../aircraft/local-frame.ts';
import type { CopterSettings } from './copter-settings.ts';
import type { Program, ProgramHost } from './program.ts';

/** A circle that is flown: AC_Circle with the nose to the centre. */
export class CircleFlight {
  readonly #centre: LocalPoint;
  readonly #radiusM: number;
  readonly #rateRadps: number;
  #angleRad: number;
  #speedRadps = 0;
  #turnedRad = 0;

  /** `radiusM` 0 or more; `rateRadps` positive clockwise. */
  constructor(centre: LocalPoint, radiusM: number, rateRadps: number, seen: AircraftState) {
    this.#centre = centre;
    this.#radiusM = radiusM;
    this.#rateRadps = rateRadps;
    const [east, north] = [seen.eastM - centre.eastM, seen.northM - centre.northM];
    // In the centre it begins behind its own tail (AC_Circle::init_start_angle).
    this.#angleRad = Math.hypot(east, north) < 1 ? seen.yawRad + Math.PI : Math.atan2(east, north);
  }

  /** Turns done so far. */
  get turns(): number {
    return Math.abs(this.#turnedRad) / (2 * Math.PI);
  }

  get centre(): LocalPoint {
    return this.#centre;
  }

  step(dtS: number, settings: CopterSettings): Demand {
    const { accelerationMps2, speedMps } = settings.track;
    const fastest = fastestRadps(this.#radiusM, accelerationMps2, speedMps);
    const wanted = Math.sign(this.#rateRadps) * Math.min(Math.abs(this.#rateRadps), fastest);
    const accelerationRadps2 =
      this.#radiusM > 0 ? Math.max(accelerationMps2 / this.#radiusM, Math.PI / 180) : Math.PI / 8;
    const change = wanted - this.#speedRadps;
    this.#speedRadps += Math.sign(change) * Math.min(Math.abs(change), accelerationRadps2 * dtS);
    this.#angleRad += this.#speedRadps * dtS;
    this.#turnedRad += this.#speedRadps * dtS;
    const [sin, cos] = [Math.sin(this.#angleRad), Math.cos(this.#angleRad)];
    const alongMps = this.#speedRadps * this.#radiusM;
    return {
      kind: 'follow',
      at: {
        eastM: this.#centre.eastM + this.#radiusM * sin,
        northM: this.#centre.northM + this.#radiusM * cos,
        upM: this.#centre.upM,
      },
      eastMps: alongMps * cos,
      northMps: -alongMps * sin,
      upMps: 0,
      yawRad: this.#radiusM > 0 ? this.#angleRad + Math.PI : this.#angleRad,
    };
  }

  /** Nearest point on the circle: where it is joined. */
  edge(seen: AircraftState): LocalPoint {
    const [sin, cos] = [Math.sin(this.#angleRad), Math.cos(this.#angleRad)];
    const upM = this.#centre.upM;
    if (Math.hypot(seen.eastM - this.#centre.eastM, seen.northM - this.#centre.northM) < 1e-6)
      return { eastM: this.#centre.eastM, northM: this.#centre.northM - this.#radiusM, upM };
    return {
      eastM: this.#centre.eastM + this.#radiusM * sin,
      northM: this.#centre.northM + this.#radiusM * cos,
      upM,
    };
  }
}

/** The speed along the circle is held by WPNAV_SPEED and by the sideways acceleration (AC_Circle::calc_velocities). */
function fastestRadps(radiusM: number, accelerationMps2: number, speedMps: number): number {
  if (radiusM <= 0) return Number.POSITIVE_INFINITY;
  return Math.min(speedMps, Math.sqrt(0.5 * accelerationMps2 * radiusM)) / radiusM;
}

/** CIRCLE (7): the centre is CIRCLE_RADIUS ahead of the nose. */
export function circleProgram(host: ProgramHost, seen: AircraftState): Program {
  const { circleRadiusM, circleRateRadps } = host.settings();
  let centre = {
    eastM: seen.eastM + Math.sin(seen.yawRad) * circleRadiusM,
    northM: seen.northM + Math.cos(seen.yawRad) * circleRadiusM,
    upM: seen.upM,
  };
  let circle = new CircleFlight(centre, circleRadiusM, circleRateRadps, seen);
  return {
    kind: 'circle',
    isDone: false,
    isTakingOff: false,
    isLanding: false,
    get destination() {
      return centre;
    },
    step: (_, dtS) => circle.step(dtS, host.settings()),
    shift(eastM, northM) {
      centre = { ...centre, eastM: centre.eastM + eastM, northM: centre.northM + northM };
      circle = new CircleFlight(centre, circleRadiusM, circleRateRadps, {
        ...seen,
        eastM: seen.eastM + eastM,
        northM: seen.northM + northM,
      });
    },
  };
}
