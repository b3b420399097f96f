/** Numbers as an operator reads them: metres, kilometres, m/s, 24 h. Missing is a dash, never 0. */

export const MISSING = '–';

/** Two letters of separation between number and unit are a thin no-break space, so that a unit never wraps off. */
const NBSP = '\u202f';

export function formatNumber(value: number | null, digits = 0): string {
  if (value === null || !Number.isFinite(value)) return MISSING;
  const rounded = value.toFixed(digits);
  // "-0" is a measurement artefact that only unsettles people.
  return Number(rounded) === 0 ? rounded.replace('-', '') : rounded;
}

function withUnit(value: number | null, digits: number, unit: string): string {
  return value === null ? MISSING : `${formatNumber(value, digits)}${NBSP}${unit}`;
}

export const formatHeight = (metres: number | null): string =>
  withUnit(metres, metres !== null && Math.abs(metres) < 10 ? 1 : 0, 'm');
export const formatSpeed = (metresPerSecond: number | null): string => withUnit(metresPerSecond, 1, 'm/s');
export const formatVoltage = (volts: number | null): string => withUnit(volts, 1, 'V');
export const formatCurrent = (amperes: number | null): string => withUnit(amperes, 1, 'A');
export const formatPercent = (percent: number | null, digits = 0): string => withUnit(percent, digits, '%');

export function formatClimb(metresPerSecond: number | null): string {
  if (metresPerSecond === null) return MISSING;
  const sign = metresPerSecond >= 0.05 ? '+' : '';
  return `${sign}${formatSpeed(metresPerSecond)}`;
}

export function formatHeading(degrees: number | null): string {
  if (degrees === null) return MISSING;
  return `${String(Math.round(((degrees % 360) + 360) % 360) % 360).padStart(3, '0')}°`;
}

export function formatDistance(metres: number | null): string {
  if (metres === null) return MISSING;
  if (metres < 1000) return withUnit(metres, 0, 'm');
  return withUnit(metres / 1000, metres < 10_000 ? 2 : 1, 'km');
}

export function formatArea(squareMetres: number): string {
  if (squareMetres < 100_000) return `${group(Math.round(squareMetres))}${NBSP}m²`;
  return withUnit(squareMetres / 1e6, squareMetres < 1e7 ? 2 : 1, 'km²');
}

/** "7:05" minutes and seconds, "1:02:09" with hours: one form that reads the same in every language. */
export function formatDuration(seconds: number | null): string {
  if (seconds === null) return MISSING;
  const whole = Math.max(0, Math.round(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** Age for people: under a minute in seconds, then minutes; small ages are not worth a flicker. */
export function formatAge(ageMs: number): string {
  const seconds = Math.floor(ageMs / 1000);
  if (seconds < 60) return `${seconds}${NBSP}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}${NBSP}min`;
  return `${Math.floor(seconds / 3600)}${NBSP}h`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes}${NBSP}B`;
  if (bytes < 1024 * 1024) return withUnit(bytes / 1024, 0, 'kB');
  return withUnit(bytes / 1024 / 1024, 1, 'MB');
}

export function formatPosition(latDeg: number, lonDeg: number): string {
  const lat = `${Math.abs(latDeg).toFixed(6)}°${latDeg < 0 ? 'S' : 'N'}`;
  const lon = `${Math.abs(lonDeg).toFixed(6)}°${lonDeg < 0 ? 'W' : 'E'}`;
  return `${lat} ${lon}`;
}

const pad = (value: number) => String(value).padStart(2, '0');

export function formatTime(epochMs: number): string {
  const date = new Date(epochMs);
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

export function formatDate(epochMs: number): string {
  const date = new Date(epochMs);
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

export const formatDateTime = (epochMs: number): string => `${formatDate(epochMs)} ${formatTime(epochMs)}`;

/** "UTC+8" of the place where this browser stands. */
export function timeZoneLabel(offsetMinutes = -new Date().getTimezoneOffset()): string {
  if (offsetMinutes === 0) return 'UTC';
  const sign = offsetMinutes < 0 ? '−' : '+';
  const hours = Math.floor(Math.abs(offsetMinutes) / 60);
  const minutes = Math.abs(offsetMinutes) % 60;
  return `UTC${sign}${hours}${minutes === 0 ? '' : `:${pad(minutes)}`}`;
}

function group(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}
