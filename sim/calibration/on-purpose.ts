import type { Family } from './subject.ts';

/** A figure in which the simulated aircraft differs from the real one, and shall. */
export interface Purpose {
  readonly family: Family | 'both';
  /** Matches figure ids. */
  readonly ids: RegExp;
  readonly why: string;
}

/** The reasons that the page gives instead of "to mend". Each is a decision of sim/, described in sim/README.md. */
export const ON_PURPOSE: readonly Purpose[] = [
  {
    family: 'both',
    ids: /^flight\.battery/,
    why: "the simulated battery is a patrol aircraft's (SIM_POWER), SITL's a hobby quadrotor's",
  },
  {
    family: 'both',
    ids: /^parameters\.(count|listMs)$/,
    why: 'only parameters that the simulated aircraft obeys are in its list',
  },
  {
    family: 'ardupilot',
    ids: /^land\.rate|^return\.waitsOverHomeS$|^flight\.totalS$/,
    why: 'it lands by its own LAND_SPEED 80, LAND_ALT_LOW 400, WPNAV_SPEED_DN 200 and RTL_LOIT_TIME 2000, not by the defaults',
  },
  { family: 'both', ids: /^refusal\.relayPulse$/, why: 'no relay is aboard the simulated aircraft' },
  {
    family: 'both',
    ids: /^rates\.notAskedFor$/,
    why: 'messages about what a simulated aircraft does not have are left out',
  },
];

export function purposeOf(family: Family, id: string): string | null {
  const found = ON_PURPOSE.find(
    (purpose) => (purpose.family === 'both' || purpose.family === family) && purpose.ids.test(id),
  );
  return found?.why ?? null;
}
