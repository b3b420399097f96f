import type {
  ActionResult,
  BaseView,
  CellList,
  ConsoleConfig,
  FlightDetail,
  FlightList,
  ImportReport,
  LaunchBody,
  OutlineProperties,
  PatrolPreview,
  PatrolView,
  PreviewBody,
  Problem,
  SafetyAction,
  ServerInfo,
  SessionView,
  SetupBody,
  SignInBody,
  ZoneAnswer,
  ZoneBody,
  ZoneImportReport,
  ZoneList,
  ZoneRemoved,
} from '../../contract/index.ts';

/** An answer of the server that is a problem, or no answer at all (`console.*` codes). */
export class ApiError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'ApiError';
    this.problem = problem;
  }
}

export function toProblem(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  const detail = error instanceof Error ? error.message : String(error);
  return problem('console.unexpected', 0, detail);
}

function problem(code: string, status: number, detail: string, details: Problem['details'] = {}): Problem {
  return { type: 'about:blank', title: code, status, code, detail, remedy: null, details };
}

interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly json?: unknown;
  readonly raw?: { readonly body: Blob; readonly contentType: string };
  readonly timeoutMs?: number;
  /** Statuses whose body is an answer and not a problem. */
  readonly answers?: readonly number[];
}

let whenSignedOut: () => void = () => {};

/** Called when the server says that nobody is signed in (the session ended). */
export function onSignedOut(handler: () => void): void {
  whenSignedOut = handler;
}

async function send(path: string, options: RequestOptions): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json, application/problem+json' };
  let body: BodyInit | null = null;
  if (options.raw !== undefined) {
    headers['content-type'] = options.raw.contentType;
    body = options.raw.body;
  } else if (options.json !== undefined) {
    headers['content-type'] = 'application/json';
    body = JSON.stringify(options.json);
  }
  try {
    return await fetch(path, {
      method: options.method ?? 'GET',
      headers,
      body,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(options.timeoutMs ?? 15_000),
    });
  } catch (error) {
    const late = error instanceof DOMException && error.name === 'TimeoutError';
    throw new ApiError(
      problem(late ? 'console.server-slow' : 'console.server-unreachable', 0, 'The server did not answer'),
    );
  }
}

async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send(path, options);
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  let data: unknown;
  try {
    data = text === '' ? undefined : JSON.parse(text);
  } catch {
    data = undefined;
  }
  if ((response.ok || options.answers?.includes(response.status) === true) && !isProblem(data))
    return data as T;
  if (response.status === 401) whenSignedOut();
  if (isProblem(data))
    throw new ApiError({ ...data, details: data.details ?? {}, remedy: data.remedy ?? null });
  throw new ApiError(
    problem('console.bad-answer', response.status, `The server answered ${response.status}`, {
      status: response.status,
    }),
  );
}

function isProblem(data: unknown): data is Problem {
  return typeof data === 'object' && data !== null && 'code' in data && 'detail' in data && 'status' in data;
}

export type Outlines = GeoJSON.FeatureCollection<GeoJSON.Polygon | GeoJSON.MultiPolygon, OutlineProperties>;
/** `stated`: as the file itself says, else WGS-84. */
export type CoordinateSystem = 'stated' | 'wgs84' | 'cgcs2000' | 'gcj02' | 'bd09';

const V1 = '/api/v1';
const id = encodeURIComponent;

/** Every call the console makes; types are the contract's. */
export const api = {
  serverInfo: () => request<ServerInfo>(`${V1}/server-info`),
  setUp: (body: SetupBody) => request<SessionView>(`${V1}/setup`, { method: 'POST', json: body }),
  signIn: (body: SignInBody) => request<SessionView>(`${V1}/session`, { method: 'POST', json: body }),
  session: () => request<SessionView>(`${V1}/session`),
  signOut: () => request<void>(`${V1}/session`, { method: 'DELETE' }),
  consoleConfig: () => request<ConsoleConfig>(`${V1}/console-config`),
  cells: () => request<CellList>(`${V1}/grid/cells`, { timeoutMs: 30_000 }),
  outlines: () => request<Outlines>(`${V1}/grid/outlines`, { timeoutMs: 30_000 }),
  zones: () => request<ZoneList>(`${V1}/airspace/zones`, { timeoutMs: 30_000 }),
  addZone: (body: ZoneBody) => request<ZoneAnswer>(`${V1}/airspace/zones`, { method: 'POST', json: body }),
  removeZone: (zoneId: string) =>
    request<ZoneRemoved>(`${V1}/airspace/zones/${id(zoneId)}`, { method: 'DELETE' }),
  importZones: (file: Blob, name: string) =>
    request<ZoneImportReport>(`${V1}/airspace/zones/import?name=${id(name)}`, {
      method: 'POST',
      raw: { body: file, contentType: 'application/octet-stream' },
      timeoutMs: 60_000,
      answers: [422],
    }),
  bases: () => request<{ bases: BaseView[] }>(`${V1}/bases`),
  importGrid: (file: Blob, name: string, crs: CoordinateSystem) =>
    request<ImportReport>(`${V1}/grid/import?name=${id(name)}${crs === 'stated' ? '' : `&crs=${crs}`}`, {
      method: 'POST',
      raw: { body: file, contentType: 'application/octet-stream' },
      timeoutMs: 120_000,
      answers: [422],
    }),
  act: (vehicleId: string, action: SafetyAction) =>
    request<ActionResult>(`${V1}/vehicles/${id(vehicleId)}/${action}`, { method: 'POST', timeoutMs: 30_000 }),
  previewPatrol: (body: PreviewBody) =>
    request<PatrolPreview>(`${V1}/patrols/preview`, { method: 'POST', json: body, timeoutMs: 60_000 }),
  launchPatrol: (body: LaunchBody) =>
    request<PatrolView>(`${V1}/patrols`, { method: 'POST', json: body, timeoutMs: 30_000 }),
  flights: (before: string | null, limit: number) =>
    request<FlightList>(`${V1}/flights?limit=${limit}${before === null ? '' : `&before=${id(before)}`}`),
  flight: (flightId: string) => request<FlightDetail>(`${V1}/flights/${id(flightId)}`),
  flightTrack: (flightId: string) =>
    request<GeoJSON.FeatureCollection | GeoJSON.Feature>(`${V1}/flights/${id(flightId)}/track.geojson`),
  downloadUrl: (flightId: string, kind: 'tlog' | 'track.geojson' | 'track.kml') =>
    `${V1}/flights/${id(flightId)}/${kind}`,
};
