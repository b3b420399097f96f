import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { threadGone } from '../../firmware-bridge/thread/remote-bridge.ts';
import type {
  ActionResult,
  CellList,
  ConsoleConfig,
  FleetView,
  ImportReport,
  PatrolPreview,
  PatrolView,
  Problem,
  SessionView,
} from '../../src/contract/index.ts';
import { readyVehicle } from '../support/fake-bridge.ts';
import { squareGrid, startTestServer, type TestServer } from '../support/server.ts';
import { tinyPmtiles } from '../support/tiny-pmtiles.ts';

const OPERATOR = { username: 'op', password: 'a long password' };
let server: TestServer;

beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

async function signIn(
  roles: Parameters<TestServer['airgrid']['accounts']['putAccount']>[3] = ['operator', 'supervisor'],
) {
  await server.airgrid.accounts.putAccount(OPERATOR.username, 'Operator', OPERATOR.password, roles);
  await server.client.signIn(OPERATOR.username, OPERATOR.password);
}

describe('the door', () => {
  it('is closed to every route without a session, except those that lead to one', async () => {
    await signIn();
    const { body } = await server.client.call<{ paths: Record<string, Record<string, unknown>> }>(
      'GET',
      '/docs/json',
    );
    const routes = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
    );
    expect(routes.length).toBeGreaterThan(15);
    server.client.cookie = '';
    const open: string[] = [];
    for (const { method, path } of routes) {
      const { status } = await server.client.call(
        method,
        path.replaceAll(/\{[^}]+\}/g, 'x'),
        method === 'POST' ? {} : undefined,
      );
      if (status !== 401) open.push(`${method} ${path}`);
    }
    expect(open.sort()).toEqual(['GET /api/v1/server-info', 'POST /api/v1/session', 'POST /api/v1/setup']);
    expect((await server.client.call('GET', '/docs')).status).toBe(401);
  });

  it('is set up with the one-time code', async () => {
    const code = server.airgrid.accounts.openSetup();
    const wrong = await server.client.call<Problem>('POST', '/api/v1/setup', { ...OPERATOR, code: 'NOPE' });
    expect([wrong.status, wrong.body.code]).toEqual([403, 'accounts.setup-code-wrong']);
    const right = await server.client.call<SessionView>('POST', '/api/v1/setup', { ...OPERATOR, code });
    expect(right.status).toBe(200);
    expect((await server.client.call<SessionView>('GET', '/api/v1/session')).body.username).toBe('op');
  });

  it('gives a cookie that scripts and other sites cannot use, and takes it back at sign-out', async () => {
    await server.airgrid.accounts.putAccount(OPERATOR.username, 'Operator', OPERATOR.password, ['operator']);
    const { headers } = await server.client.call('POST', '/api/v1/session', OPERATOR);
    expect(headers.get('set-cookie')).toMatch(/HttpOnly/);
    expect(headers.get('set-cookie')).toMatch(/SameSite=Strict/);
    const cookie = server.client.cookie;
    expect((await server.client.call('DELETE', '/api/v1/session')).status).toBe(204);
    server.client.cookie = cookie;
    expect((await server.client.call('GET', '/api/v1/session')).status).toBe(401);
  });

  it('is closed to pages of other origins', async () => {
    await signIn();
    const origin = { origin: 'https://evil.example' };
    const { status, body } = await server.client.call<Problem>(
      'DELETE',
      '/api/v1/session',
      undefined,
      origin,
    );
    expect([status, body.code]).toEqual([403, 'accounts.origin-refused']);
    expect((await server.client.call('GET', '/api/v1/session')).status).toBe(200);
  });

  it('lets each role do only what it may', async () => {
    await signIn(['auditor']);
    server.bridge.put(readyVehicle('v1'));
    const { status, body } = await server.client.call<Problem>('POST', '/api/v1/vehicles/v1/land');
    expect([status, body.code]).toEqual([403, 'accounts.role-needed']);
    expect(server.bridge.calls).toEqual([]);
    expect((await server.client.call('GET', '/api/v1/flights')).status).toBe(200);
    expect((await server.client.importGrid(squareGrid(100))).status).toBe(403);
  });

  it('tells a typing slip in a request by its name', async () => {
    await signIn();
    const { status, body } = await server.client.call<Problem>('POST', '/api/v1/patrols/preview', {
      cell: 'c1',
    });
    expect(status).toBe(400);
    expect(body.code).toBe('http.invalid-request');
    const extra = await server.client.call<Problem>('POST', '/api/v1/patrols/preview', {
      cellId: 'c1',
      hight: 3,
    });
    expect(extra.body.detail).toContain('hight');
  });
});

describe('the base map', () => {
  it('is served in parts from a PMTiles file on this machine, to those who are signed in', async () => {
    await server.close();
    const file = join(mkdtempSync(join(tmpdir(), 'airgrid-map-')), 'guilin.pmtiles');
    writeFileSync(file, tinyPmtiles());
    server = await startTestServer({ 'map.pmtilesFile': file });
    await signIn();
    const { body } = await server.client.call<ConsoleConfig>('GET', '/api/v1/console-config');
    const path = body.map.pmtilesUrl ?? '';
    const part = await server.client.call<string>('GET', path, undefined, { range: 'bytes=0-6' });
    expect([part.status, part.body]).toEqual([206, 'PMTiles']);
    server.client.cookie = '';
    expect((await server.client.call('GET', path)).status).toBe(401);
  });
});

describe('the live feed', () => {
  it('is closed without a session and to other origins', async () => {
    const without = server.client.listen();
    await without.until('refusal', () => !without.socket.active || without.socket.connected === false, 100);
    await signIn();
    const foreign = server.client.listen({ origin: 'https://evil.example' });
    let refused = 0;
    for (const feed of [without, foreign]) {
      feed.socket.on('connect', () => {
        throw new Error('connected');
      });
      await new Promise<void>((resolve) => feed.socket.once('connect_error', () => resolve()));
      refused += 1;
      feed.close();
    }
    expect(refused).toBe(2);
  });

  it('asks full detail of what a console of a big fleet looks at, until it is gone; nonsense changes nothing', async () => {
    await signIn();
    for (let n = 1; n <= 41; n++) server.bridge.put(readyVehicle(`v${n}`));
    const feed = server.client.listen();
    await feed.until('snapshot', () => feed.vehicles.size === 41);
    feed.socket.emit('watch', ['v7']);
    await vi.waitFor(() => expect(server.bridge.calls.at(-1)).toBe('interest v7'));
    feed.socket.emit('watch', [{ $ne: 1 }] as never);
    feed.socket.emit(
      'watch',
      Array.from({ length: 17 }, (_, n) => `v${n + 1}`),
    );
    feed.socket.emit('watch', ['v8']);
    await vi.waitFor(() => expect(server.bridge.calls.at(-1)).toBe('interest v8'));
    expect(server.bridge.calls).toEqual(['interest v7', 'interest v8']);
    feed.close();
    await vi.waitFor(() => expect(server.bridge.calls.at(-1)).toBe('interest '));
  });

  it('gives a snapshot, then changes with ages, and ends with the session', async () => {
    await signIn();
    server.bridge.put(readyVehicle('v1'));
    const feed = server.client.listen();
    await feed.until('snapshot', () => feed.vehicles.has('v1'));
    server.bridge.change('v1', { armed: true });
    await feed.until('change', () => feed.vehicles.get('v1')?.armed === true);
    expect(feed.vehicles.get('v1')?.position?.ageMs).toBeGreaterThanOrEqual(0);
    await server.client.call('DELETE', '/api/v1/session');
    await feed.until('end of the session', () => !feed.socket.connected);
    feed.close();
  });
});

describe('the grid', () => {
  beforeEach(() => signIn());

  it.each([
    ['no JSON', 'hello'],
    ['no GeoJSON', '{"a": 1}'],
    ['an empty collection', '{"type":"FeatureCollection","features":[]}'],
    ['an empty text', ''],
  ])('refuses %s with a report and keeps the grid it had', async (_what, text) => {
    await server.client.importGrid(squareGrid(300));
    const { status, body } = await server.client.importGrid(text);
    expect([400, 422]).toContain(status);
    const findings = (body as ImportReport).findings ?? [];
    if (status === 422) expect(findings.some((finding) => finding.severity === 'error')).toBe(true);
    const { body: cells } = await server.client.call<CellList>('GET', '/api/v1/grid/cells');
    expect(cells.cells.map((cell) => cell.cellId)).toEqual(['c1']);
  });

  it('takes KMZ and zipped Shapefiles by their bytes, and tells how each part was read', async () => {
    const send = async (name: string, query = ''): Promise<ImportReport> => {
      const bytes = readFileSync(new URL(`../fixtures/grid/${name}`, import.meta.url));
      const path = `/api/v1/grid/import?name=${name}${query}`;
      const headers = { 'content-type': 'application/octet-stream' };
      return (await server.client.call('POST', path, bytes, headers)).body as ImportReport;
    };
    const kmz = await send('three-levels.kmz');
    expect(kmz).toMatchObject({ imported: true, cellCounts: { level1: 2, level2: 4, level3: 8 } });
    expect(kmz.sources.map(({ format }) => format)).toEqual(['kml']);
    const { body: before } = await server.client.call<CellList>('GET', '/api/v1/grid/cells');
    const shapefile = await send('levels-gbk-gauss-kruger.zip');
    expect(shapefile).toMatchObject({ imported: true, cellCounts: { level1: 2, level2: 4, level3: 8 } });
    expect(shapefile.sources.map(({ encoding }) => encoding)).toEqual(['gb18030', 'gb18030', 'gb18030']);
    // The same district, projected in one file and in degrees in the other.
    const { body: after } = await server.client.call<CellList>('GET', '/api/v1/grid/cells');
    const first = (cells: CellList) => cells.cells.find((cell) => cell.level === 1)?.centroid ?? [0, 0];
    expect(first(after)[0]).toBeCloseTo(first(before)[0], 3);
    expect(first(after)[1]).toBeCloseTo(first(before)[1], 3);
    const points = await send('points.zip');
    expect(points.imported).toBe(false);
    expect(points.findings.some(({ severity }) => severity === 'error')).toBe(true);
    expect(
      (
        await server.client.call('POST', '/api/v1/grid/import?crs=utm', '{}', {
          'content-type': 'application/geo+json',
        })
      ).status,
    ).toBe(400);
  });

  it('repairs a self-crossing outline and says so', async () => {
    const file = JSON.parse(squareGrid(300));
    const ring = file.features[0].geometry.coordinates[0];
    file.features[0].geometry.coordinates[0] = [ring[0], ring[2], ring[1], ring[3], ring[0]];
    const { status, body } = await server.client.importGrid(JSON.stringify(file));
    const report = body as ImportReport;
    expect(status).toBe(200);
    expect(report.findings.map((finding) => finding.code)).toContain('grid.self-crossing');
  });
});

describe('a patrol', () => {
  beforeEach(async () => {
    await signIn();
    await server.client.importGrid(squareGrid(300));
    server.bridge.put(readyVehicle('v1'));
  });

  const preview = (body: object = { cellId: 'c1' }) =>
    server.client.call<PatrolPreview>('POST', '/api/v1/patrols/preview', body);
  const launch = (previewId: string, body: object = { purpose: 'patrol' }) =>
    server.client.call<PatrolView & Problem>('POST', '/api/v1/patrols', { previewId, ...body });

  it('is previewed with length, duration, battery and the drone, then launched step by step', async () => {
    const { body: plan } = await preview();
    expect(plan.launchable).toBe(true);
    expect(plan.coveragePct).toBeGreaterThan(99);
    const sortie = plan.sorties[0];
    expect(sortie).toMatchObject({ vehicleId: 'v1', batteryNowPct: 100, relativeAltitudeM: 60 });
    expect(sortie?.lengthM).toBeGreaterThan(300);
    expect(sortie?.durationS).toBeGreaterThan(30);
    const feed = server.client.listen();
    const { status, body: patrol } = await launch(plan.previewId);
    expect(status).toBe(201);
    await feed.until('on patrol', () => feed.patrols.get(patrol.patrolId)?.sorties[0]?.state === 'on-patrol');
    expect(server.bridge.calls).toEqual(['upload v1', 'launch v1 to 60']);
    expect(server.bridge.uploaded.get('v1')).toHaveLength(sortie?.itemCount ?? 0);
    feed.close();
  });

  it('needs a purpose', async () => {
    const { body: plan } = await preview();
    expect((await launch(plan.previewId, {})).status).toBe(400);
    expect(server.bridge.calls).toEqual([]);
  });

  it('is launched once: the same preview or the same drone a second time is refused', async () => {
    const [first, second] = [await preview(), await preview()];
    expect((await launch(first.body.previewId)).status).toBe(201);
    expect((await launch(first.body.previewId)).body.code).toBe('patrol.preview-expired');
    const again = await launch(second.body.previewId);
    expect([again.status, again.body.code]).toEqual([409, 'patrol.vehicle-reserved']);
  });

  it('is not launched on a height that another patrol has taken since it was planned', async () => {
    server.bridge.put(readyVehicle('v2', { systemId: 2 }));
    const [first, second] = [
      await preview({ cellId: 'c1', vehicleIds: ['v1'] }),
      await preview({ cellId: 'c1', vehicleIds: ['v2'] }),
    ];
    expect(second.body.sorties[0]?.relativeAltitudeM).toBe(first.body.sorties[0]?.relativeAltitudeM);
    expect((await launch(first.body.previewId)).status).toBe(201);
    const refused = await launch(second.body.previewId);
    expect([refused.status, refused.body.code]).toEqual([409, 'patrol.vehicle-height-taken']);
    const again = await preview({ cellId: 'c1', vehicleIds: ['v2'] });
    expect(again.body.sorties[0]?.relativeAltitudeM).toBe(70);
    expect((await launch(again.body.previewId)).status).toBe(201);
  });

  it('is not launched with an aircraft that has changed since', async () => {
    const { body: plan } = await preview();
    server.bridge.change('v1', { battery: { ...readyVehicle('v1').battery, remainingPct: 20 } as never });
    expect((await launch(plan.previewId)).body.code).toBe('patrol.vehicle-battery');
    server.bridge.change('v1', { connection: 'lost' });
    expect((await launch(plan.previewId)).body.code).toBe('patrol.vehicle-lost');
  });

  it('fails with the words of an aircraft that refuses to arm, and leaves everything else working', async () => {
    server.bridge.launchOutcome = {
      kind: 'denied',
      result: 'FAILED',
      reasons: ['PreArm: Need Position Estimate'],
    };
    const { body: plan } = await preview();
    const feed = server.client.listen();
    const { body: patrol } = await launch(plan.previewId);
    await feed.until('failure', () => feed.patrols.get(patrol.patrolId)?.state === 'failed');
    const sortie = feed.patrols.get(patrol.patrolId)?.sorties[0];
    expect(sortie?.failure).toMatchObject({
      code: 'command.denied',
      reasons: ['PreArm: Need Position Estimate'],
    });
    expect(sortie?.steps.find((step) => step.state === 'failed')?.step).toBe('arm');
    await feed.until('notice', () => feed.notices.some((notice) => notice.code === 'sortie.failed'));
    server.bridge.launchOutcome = { kind: 'done', confirmedBy: 'mode AUTO' };
    const next = await launch((await preview()).body.previewId);
    await feed.until(
      'next patrol',
      () => feed.patrols.get(next.body.patrolId)?.sorties[0]?.state === 'on-patrol',
    );
    feed.close();
  });

  it('fails and says so when the bridge itself is gone, for safety actions too', async () => {
    server.bridge.failWith = threadGone();
    const { body: plan } = await preview();
    const feed = server.client.listen();
    const { body: patrol } = await launch(plan.previewId);
    await feed.until('failure', () => feed.patrols.get(patrol.patrolId)?.state === 'failed');
    expect(feed.patrols.get(patrol.patrolId)?.sorties[0]?.failure?.code).toBe('bridge.thread-gone');
    const hold = await server.client.call('POST', '/api/v1/vehicles/v1/hold', {});
    expect(hold).toMatchObject({ status: 503, body: { code: 'bridge.thread-gone' } });
    server.bridge.failWith = new TypeError('a mistake of ours');
    const next = await launch((await preview()).body.previewId);
    await feed.until('failure', () => feed.patrols.get(next.body.patrolId)?.state === 'failed');
    expect(feed.patrols.get(next.body.patrolId)?.sorties[0]?.failure?.code).toBe('sortie.server-error');
    feed.close();
  });

  it('is not flown when the aircraft holds something else than was sent', async () => {
    server.bridge.uploadOutcome = {
      kind: 'different',
      differences: [{ index: 3, field: 'z', sent: 60, held: 6 }],
    };
    const { body: plan } = await preview();
    const feed = server.client.listen();
    const { body: patrol } = await launch(plan.previewId);
    await feed.until('failure', () => feed.patrols.get(patrol.patrolId)?.state === 'failed');
    expect(server.bridge.calls).toEqual(['upload v1']);
    feed.close();
  });

  it('warns of a cell smaller than one swath instead of failing', async () => {
    await server.client.importGrid(squareGrid(20));
    const { status, body } = await preview();
    expect(status).toBe(200);
    expect(body.findings.map((finding) => finding.code)).toContain('plan.cell-smaller-than-swath');
  });

  it('says that no drone is ready', async () => {
    server.bridge.change('v1', { armed: true });
    const { body } = await preview();
    expect(body.launchable).toBe(false);
    expect(body.findings.some((finding) => finding.severity === 'error')).toBe(true);
  });

  it('has a cell', async () => {
    const { status, body } = await server.client.call<Problem>('POST', '/api/v1/patrols/preview', {
      cellId: 'nope',
    });
    expect([status, body.code]).toEqual([404, 'grid.unknown-cell']);
  });
});

describe('safety actions', () => {
  beforeEach(async () => {
    await signIn();
    server.bridge.put(readyVehicle('v1', { armed: true }));
  });
  const act = (action: string) => server.client.call<ActionResult>('POST', `/api/v1/vehicles/v1/${action}`);

  it.each(['hold', 'resume', 'return', 'land'])(
    '%s goes to the aircraft and answers with its report',
    async (action) => {
      const { body } = await act(action);
      expect(server.bridge.calls).toEqual([`${action} v1`]);
      expect(body.outcome).toBe('done');
    },
  );

  it('say unknown, not done, when the aircraft does not confirm', async () => {
    server.bridge.actionOutcome = { kind: 'not-confirmed', expected: 'RTL', observed: 'AUTO', afterMs: 5000 };
    expect((await act('return')).body).toMatchObject({ outcome: 'unknown', code: 'command.not-confirmed' });
  });

  it('work when the audit cannot be written, while a launch then does not', async () => {
    await server.client.importGrid(squareGrid(300));
    server.bridge.put(readyVehicle('v2', { systemId: 2 }));
    const plan = await server.client.call<PatrolPreview>('POST', '/api/v1/patrols/preview', { cellId: 'c1' });
    const other = new Database(join(server.dataDir, 'airgrid.db'));
    other.exec("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk full'); END");
    other.close();
    for (const action of ['hold', 'return', 'land']) expect((await act(action)).body.outcome).toBe('done');
    const body = { previewId: plan.body.previewId, purpose: 'patrol' };
    expect((await server.client.call('POST', '/api/v1/patrols', body)).status).toBe(500);
    expect((await act('resume')).status).toBe(500);
    expect(server.bridge.calls).toEqual(['hold v1', 'return v1', 'land v1']);
  });

  it('name an aircraft that exists', async () => {
    const { status, body } = await server.client.call<Problem>('POST', '/api/v1/vehicles/nope/hold');
    expect([status, body.code]).toEqual([404, 'fleet.unknown-vehicle']);
  });
});

describe('the record of a flight', () => {
  it('has track, events and purpose, from arming to disarming', async () => {
    await signIn();
    server.bridge.put(readyVehicle('v1'));
    const t0 = performance.timeOrigin + performance.now();
    const vehicleId = readyVehicle('v1').vehicleId;
    server.bridge.emit({ kind: 'armed', vehicleId, atMs: t0 });
    const home = readyVehicle('v1').position;
    if (home === null) throw new Error('no position');
    for (let i = 1; i <= 10; i++) {
      const position = {
        ...home,
        latDeg: 25.28 + i * 1e-4,
        relativeAltitudeM: i * 5,
        receivedAtMs: t0 + i * 200,
      };
      server.bridge.change('v1', { armed: true, position });
    }
    server.bridge.emit({
      kind: 'status-text',
      vehicleId,
      severity: 4,
      text: '电池电压低 <&>',
      atMs: t0 + 900,
    });
    await server.client.call('POST', '/api/v1/vehicles/v1/return');
    server.bridge.emit({ kind: 'disarmed', vehicleId, atMs: t0 + 2500 });
    const { body } = await server.client.call<{ flights: { flightId: string }[] }>('GET', '/api/v1/flights');
    const flight = body.flights[0];
    expect(flight).toMatchObject({
      state: 'closed',
      durationS: 2.5,
      trackPoints: 10,
      maxRelativeAltitudeM: 50,
    });
    const id = flight?.flightId;
    const detail = await server.client.call<{ events: { kind: string; text: string }[] }>(
      'GET',
      `/api/v1/flights/${id}`,
    );
    const kinds = detail.body.events.map((event) => event.kind);
    expect(kinds).toEqual(expect.arrayContaining(['armed', 'mode', 'status-text', 'command', 'disarmed']));
    const geojson = await server.client.call<GeoJSON.Feature>('GET', `/api/v1/flights/${id}/track.geojson`);
    expect(JSON.stringify(geojson.body)).toContain('25.281');
    const kml = await server.client.call<string>('GET', `/api/v1/flights/${id}/track.kml`);
    expect(kml.body).toContain('<kml');
    expect((await server.client.call('GET', `/api/v1/flights/${id}/tlog`)).status).toBe(404);
    const fleet = await server.client.call<FleetView>('GET', '/api/v1/fleet');
    expect(fleet.body.vehicles[0]?.flightId).toBeNull();
  });
});
