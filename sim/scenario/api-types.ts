/**
 * What the runner reads of the server's answers, as an operator's client of another make would write it down from
 * /docs: the simulator knows nothing of the server's own types.
 */
export interface ApiVehicle {
  readonly vehicleId: string;
  readonly name: string;
  readonly systemId: number;
  readonly connection: 'online' | 'lost';
  readonly identityConflict: readonly string[] | null;
  readonly armed: boolean | null;
  readonly flightState: string;
  readonly mode: { readonly name: string; readonly normalised: string } | null;
  readonly position: {
    readonly lonDeg: number;
    readonly latDeg: number;
    readonly relativeAltitudeM: number;
  } | null;
  readonly battery: { readonly remainingPct: number | null } | null;
  readonly prearm: { readonly ready: boolean | null; readonly reasons: readonly string[] } | null;
  readonly patrolId: string | null;
}

export interface ApiFailure {
  readonly code: string;
  readonly message: string;
  readonly reasons: readonly string[];
}

export interface ApiSortie {
  readonly sortieId: string;
  readonly vehicleId: string;
  readonly vehicleName: string;
  readonly relativeAltitudeM: number;
  readonly state: string;
  readonly progressPct: number;
  readonly flightId: string | null;
  readonly failure: ApiFailure | null;
}

export interface ApiPatrol {
  readonly patrolId: string;
  readonly cellId: string;
  readonly state: 'running' | 'done' | 'partly-done' | 'failed';
  readonly sorties: readonly ApiSortie[];
}

export interface ApiNotice {
  readonly noticeId: string;
  readonly severity: string;
  readonly code: string;
  readonly vehicleId: string | null;
  readonly vehicleName: string | null;
  readonly message: string;
  readonly details: Readonly<Record<string, string | number>>;
  readonly atMs: number;
}

export interface ApiPreview {
  readonly previewId: string;
  readonly launchable: boolean;
  readonly coveragePct: number;
  readonly swathWidthM: number;
  readonly sorties: readonly { readonly vehicleName: string; readonly durationS: number }[];
  readonly findings: readonly {
    readonly severity: string;
    readonly code: string;
    readonly message: string;
  }[];
}

export interface ApiFlight {
  readonly flightId: string;
  readonly vehicleId: string;
  readonly vehicleName: string;
  readonly patrolId: string | null;
  readonly purpose: string | null;
  readonly operator: string | null;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly state: 'open' | 'closed' | 'interrupted';
  readonly tlog: { readonly frames: number; readonly bytes: number } | null;
}

/** RFC 9457, as every refusal is told. */
export interface ApiProblem {
  readonly code: string;
  readonly detail: string;
}

/** Answer to hold, resume, return, land and go-to. */
export interface ApiActionResult {
  readonly outcome: 'done' | 'failed' | 'unknown';
  readonly code: string;
  readonly message: string;
  readonly reasons: readonly string[];
}
