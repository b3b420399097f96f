/** One program to be started, as data: made by arducopter.ts, px4.ts and docker.ts, carried out by run-autopilot.ts. */
export interface LaunchPlan {
  /** For people: `ArduCopter 3`. */
  readonly title: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Added to our own environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Its working directory: it writes parameters, missions and logs there. */
  readonly folder: string;
  /** Files to be written into that folder before the start. */
  readonly files: Readonly<Record<string, string>>;
  /** What it leaves outside of its folder when it is not asked to end. */
  readonly leftovers: readonly string[];
  /** The container to be removed at the end; null without docker. */
  readonly container: string | null;
}
