/** Standing still on the ground this long with motors running counts as landed. */
const LAND_DETECT_S = 1;
/** From the touch-down to motors off (SITL: 2.0–2.2 s). */
const DISARM_AFTER_S = 2;

/** Whether the aircraft has landed as the autopilot sees it: some time after physics. */
export class LandingDetector {
  #landed = true;
  #groundForS = 0;

  get landed(): boolean {
    return this.#landed;
  }

  /** Long enough that the motors may be switched off. */
  get isSettled(): boolean {
    return this.#landed && this.#groundForS >= DISARM_AFTER_S;
  }

  /** On the ground with turning motors longer than DISARM_DELAY; 0 is never. */
  isForgotten(delayS: number): boolean {
    return delayS > 0 && this.#groundForS >= delayS;
  }

  onArmed(): void {
    this.#groundForS = 0;
  }

  onDisarmed(): void {
    this.#landed = true;
  }

  step(dtS: number, onGround: boolean): void {
    if (!onGround) {
      this.#groundForS = 0;
      this.#landed = false;
      return;
    }
    this.#groundForS += dtS;
    if (this.#groundForS >= LAND_DETECT_S) this.#landed = true;
  }
}
