/** A WGS-84 position in degrees. */
export interface LonLat {
  readonly lonDeg: number;
  readonly latDeg: number;
}

export type IssueSeverity = 'error' | 'warning' | 'repair';

export interface PlanIssue {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, string | number>>;
}
