import Database from 'better-sqlite3';
import type { Polygon } from 'geojson';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { VehicleId } from '../../firmware-bridge/model.ts';
import { AirspaceService } from '../../src/airspace/service.ts';
import { openAirspaceStore } from '../../src/airspace/store.ts';
import type { Audit } from '../../src/audit/audit.ts';
import type {
  ActionResult,
  FlightDetail,
  FlightList,
  PatrolPreview,
  PatrolView,
  Problem,
  Role,
  ZoneAnswer,
  ZoneBody,
  ZoneChange,
  ZoneConflictList,
  ZoneImportReport,
  ZoneList,
} from '../../src/contract/index.ts';
import { ConsoleClient } from '../support/console-client.ts';
import { readyVehicle } from '../support/fake-bridge.ts';
import { squareGrid, startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let operator: ConsoleClient;
let supervisor: ConsoleClient;
/** Another operator. */
let colleague: ConsoleClient;
let investigator: ConsoleClient;
/** Each test has an aircraft of its own. */
let vehicleId: VehicleId;
let vehicleCount = 0;

/** At the sample aircraft's home (110.29, 25.28) one degree is 111.1 km north and 100.7 km east. */
const DEG_NORTH_M = 110_780;
const DEG_EAST_M = 100_780;
const box = (eastM: number, northM: number, widthM: number, heightM: number): Polygon => {
  const west = 110.29 + eastM / DEG_EAST_M;
  const south = 25.28 + northM / DEG_NORTH_M;
  const east = west + widthM / DEG_EAST_M;
  const north = south + heightM / DEG_NORTH_M;
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  return { type: 'Polygon', coordinates: [ring] };
};
const zone = (changes: Partial<ZoneBody> = {}): ZoneBody => ({
  kind: 'no-fly',
  name: '医院',
  nameEn: 'Hospital',
  geometry: box(100, 200, 60, 60),
  reason: 'Helipad',
  ...changes,
});

async function clientFor(username: string, roles: readonly Role[]): Promise<ConsoleClient> {
  await server.airgrid.accounts.putAccount(username, username, 'a long password', [...roles]);
  const client = new ConsoleClient(server.airgrid.url);
  await client.signIn(username, 'a long password');
  return client;
}

/** One server for all: hashing passwords takes longer than everything else here. */
beforeAll(async () => {
  server = await startTestServer();
  operator = await clientFor('op', ['operator']);
  supervisor = await clientFor('su', ['supervisor']);
  colleague = await clientFor('op2', ['operator', 'auditor']);
  investigator = await clientFor('inv', ['investigator']);
  await supervisor.importGrid(squareGrid(300));
}, 120_000);
afterAll(() => server.close());

beforeEach(() => {
  vehicleCount += 1;
  vehicleId = `v${vehicleCount}` as VehicleId;
});
/** What a test has left in the air or in force does not disturb the next. */
afterEach(async () => {
  server.bridge.actionOutcome = { kind: 'done', confirmedBy: 'mode' };
  for (const { vehicleId: id } of server.bridge.vehicles()) {
    server.bridge.put(readyVehicle(id, { connection: 'lost' }));
    server.bridge.emit({ kind: 'disarmed', vehicleId: id, atMs: Date.now() });
  }
  for (const { zoneId } of (await zones()).zones)
    await supervisor.call('DELETE', `/api/v1/airspace/zones/${zoneId}`);
  server.bridge.calls.length = 0;
});

const zones = async () => (await operator.call<ZoneList>('GET', '/api/v1/airspace/zones')).body;
const add = (body: unknown, client = supervisor) =>
  client.call<ZoneAnswer & Problem>('POST', '/api/v1/airspace/zones', body);
const conflicts = async () =>
  (await operator.call<ZoneConflictList>('GET', '/api/v1/airspace/conflicts')).body.conflicts;

describe('zones', () => {
  it('are added, changed and removed by a supervisor, audited first and pushed to every console', async () => {
    const feed = operator.listen();
    const changes: ZoneChange[] = [];
    feed.socket.on('airspace:changed', (change) => changes.push(change));
    await expect.poll(() => changes.length, { timeout: 5000 }).toBe(1);
    const { revision: before } = await zones();
    expect(changes[0]).toEqual({ revision: before, zones: [], removedIds: [] });

    const added = await add(zone({ ceilingM: 80 }));
    expect(added.status).toBe(201);
    const { zone: made, revision } = added.body;
    expect(made).toMatchObject({
      ...{ name: '医院', nameEn: 'Hospital', floorM: null, ceilingM: 80, datum: 'above-home' },
      ...{ temporary: false, createdBy: 'su', changedBy: 'su', geometry: zone().geometry },
    });
    const path = `/api/v1/airspace/zones/${made.zoneId}`;
    const changed = await supervisor.call<ZoneAnswer>('PUT', path, zone({ ceilingM: 50, reason: 'lower' }));
    expect(changed.body).toMatchObject({ revision: revision + 1, zone: { ceilingM: 50, createdBy: 'su' } });
    expect(await zones()).toEqual({ revision: revision + 1, zones: [changed.body.zone] });
    const gone = await supervisor.call<{ revision: number }>('DELETE', `${path}?reason=over`);
    expect(gone.body).toEqual({ revision: revision + 2 });
    expect((await supervisor.call<Problem>('DELETE', path)).body.code).toBe('airspace.unknown-zone');
    await expect.poll(() => changes.length, { timeout: 5000 }).toBe(4);
    expect(changes.slice(1).map((c) => [c.revision, c.zones.length, c.removedIds.length])).toEqual([
      [revision, 1, 0],
      [revision + 1, 1, 0],
      [revision + 2, 0, 1],
    ]);
    feed.close();
    const db = new Database(`${server.dataDir}/airgrid.db`, { readonly: true });
    const acts = db
      .prepare(
        "SELECT act, actor, late FROM audit WHERE act LIKE 'airspace%' AND target = ? ORDER BY sequence",
      )
      .all(made.zoneId);
    expect(acts).toEqual([
      { act: 'airspace.zone-add', actor: 'su', late: 0 },
      { act: 'airspace.zone-change', actor: 'su', late: 0 },
      { act: 'airspace.zone-remove', actor: 'su', late: 0 },
    ]);
    expect(db.prepare('SELECT count(*) AS n FROM airspace_changes').get()).toEqual({ n: before + 3 });
    db.close();
  });

  it('have no height and no end where the console says null', async () => {
    const nothing = { nameEn: null, floorM: null, ceilingM: null, activeFromMs: null, activeToMs: null };
    const { status, body } = await add(zone(nothing));
    expect(status).toBe(201);
    expect(body.zone).toMatchObject(nothing);
    const { body: ground } = await add(zone({ floorM: 0, ceilingM: 50 }));
    expect(ground.zone).toMatchObject({ floorM: 0, ceilingM: 50 });
  });

  it('of an emergency an operator may draw and end himself, and nothing else', async () => {
    const soon = Date.now() + 3_600_000;
    const emergency = zone({ temporary: true, activeToMs: soon });
    expect((await add(zone(), operator)).body.code).toBe('airspace.supervisor-needed');
    expect((await add(zone({ temporary: true }), operator)).body.code).toBe('airspace.temporary-form');
    expect((await add({ ...emergency, kind: 'privacy' }, operator)).body.code).toBe(
      'airspace.temporary-form',
    );
    const late = { ...emergency, activeToMs: soon + 24 * 3_600_000 };
    expect((await add(late, operator)).body.code).toBe('airspace.temporary-form');
    const own = await add(emergency, operator);
    expect(own.status).toBe(201);
    const path = `/api/v1/airspace/zones/${own.body.zone.zoneId}`;
    expect((await operator.call<Problem>('PUT', path, zone())).status).toBe(403);
    expect((await colleague.call('DELETE', path)).status).toBe(403);
    expect((await operator.call('DELETE', path)).status).toBe(200);
    expect((await add(emergency, investigator)).body.code).toBe('accounts.role-needed');
    expect((await investigator.call('GET', '/api/v1/airspace/zones')).status).toBe(200);
  });

  it.each<[string, Partial<ZoneBody>]>([
    [
      'airspace.self-crossing',
      {
        geometry: polygon([
          [0, 0],
          [0.01, 0.01],
          [0.01, 0],
          [0, 0.01],
          [0, 0],
        ]),
      },
    ],
    ['airspace.too-large', { geometry: box(0, 0, 400_000, 400_000) }],
    [
      'airspace.outside-world',
      {
        geometry: polygon(
          [
            [70, 0],
            [200, 0],
            [200, 1],
            [70, 1],
            [70, 0],
          ],
          0,
        ),
      },
    ],
    [
      'airspace.ring-open',
      {
        geometry: polygon([
          [0, 0],
          [0.01, 0],
          [0.01, 0.01],
        ]),
      },
    ],
    ['airspace.bad-zone', { geometry: { type: 'Polygon', coordinates: [['a']] } as unknown as Polygon }],
    [
      'airspace.bad-zone',
      {
        geometry: polygon([
          [0, 0],
          [0.01, 0],
          [0, 0],
          [0, 0],
        ]),
      },
    ],
    ['airspace.bad-zone', { floorM: 100, ceilingM: 50 }],
    ['airspace.over-already', { activeToMs: 1000 }],
    ['airspace.too-many-positions', { geometry: circle(2500) }],
  ])('are refused with %s', async (code, changes) => {
    const { revision } = await zones();
    const { status, body } = await add(zone(changes));
    expect([status, body.code]).toEqual([422, code]);
    expect(body.detail).not.toBe('');
    expect(await zones()).toEqual({ revision, zones: [] });
  });

  it('come from files, all or none, and the same file again replaces them', async () => {
    const geometry = { ...zone().geometry };
    const feature = (properties: object, shape: object = geometry) => ({
      type: 'Feature',
      properties,
      geometry: shape,
    });
    const file = (...features: object[]) => JSON.stringify({ type: 'FeatureCollection', features });
    const send = (text: string, query = '', client = supervisor) =>
      client.call<ZoneImportReport & Problem>('POST', `/api/v1/airspace/zones/import${query}`, text, {
        'content-type': 'application/octet-stream',
      });
    const good = file(
      feature({ id: 'school-1', kind: 'privacy', name: '学校' }),
      feature({ name: 'Tower', ceilingM: 60 }),
    );
    const first = await send(good);
    expect(first.body).toMatchObject({ imported: true, replaced: [], findings: [] });
    expect(first.body.added).toContain('school-1');
    expect((await send(file(feature({ id: 'school-1', kind: 'privacy' })))).body).toMatchObject({
      ...{ imported: true, added: [], replaced: ['school-1'] },
    });
    const bad = await send(
      file(feature({ name: 'Good' }), feature({ name: 'Bad', floorM: 90, ceilingM: 50 })),
    );
    expect([bad.status, bad.body.imported]).toEqual([422, false]);
    expect(bad.body.findings).toMatchObject([
      { severity: 'error', code: 'airspace.bad-zone', details: { feature: 2 } },
    ]);
    const broken = await send('{"type": "Point"}');
    expect([broken.status, broken.body.code]).toEqual([422, 'airspace.bad-file']);
    expect((await send(good, '', operator)).status).toBe(403);
    const kml = `<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>Stadium</name><Polygon><outerBoundaryIs><LinearRing><coordinates>110.3,25.3 110.31,25.3 110.31,25.31 110.3,25.31 110.3,25.3</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Document></kml>`;
    expect((await send(kml, '?name=a.kml&kind=altitude&reason=match')).body).toMatchObject({
      imported: true,
    });
    expect((await zones()).zones.map((one) => [one.name, one.kind, one.reason])).toEqual([
      ['school-1', 'privacy', 'Imported'],
      ['Tower', 'no-fly', 'Imported'],
      ['Stadium', 'altitude', 'match'],
    ]);
  });

  it('are kept on disk', async () => {
    const { body } = await add(zone());
    const db = new Database(`${server.dataDir}/airgrid.db`, { readonly: true });
    expect(new AirspaceService(openAirspaceStore(db), audit, Date.now).list()).toEqual({
      revision: body.revision,
      zones: [body.zone],
    });
    db.close();
  });
});

/** Nothing is changed by reading. */
const audit: Audit = { record: () => {}, recordLate: () => {} };

describe('a patrol', () => {
  const preview = () =>
    operator.call<PatrolPreview>('POST', '/api/v1/patrols/preview', {
      cellId: 'c1',
      vehicleIds: [vehicleId],
    });
  const launch = (previewId: string) =>
    operator.call<PatrolView & Problem>('POST', '/api/v1/patrols', { previewId, purpose: 'patrol' });

  beforeEach(() => server.bridge.put(readyVehicle(vehicleId)));

  it('is planned round the zones in force, and not with those of another day', async () => {
    const { body: free } = await preview();
    await add(zone({ activeFromMs: Date.now() + 86_400_000 }));
    expect((await preview()).body.areaM2).toBe(free.areaM2);
    await add(zone());
    const { body: around } = await preview();
    expect(around.launchable).toBe(true);
    expect(free.areaM2 - around.areaM2).toBeGreaterThan(60 * 60);
    expect(around.findings.map((finding) => finding.code)).toContain('airspace.area-reduced');
    expect(around.coveragePct).toBeGreaterThan(99);
  });

  it('is not launched when a zone has changed since it was planned', async () => {
    const { body: plan } = await preview();
    await add(zone({ geometry: box(9000, 9000, 100, 100) }));
    const { status, body } = await launch(plan.previewId);
    expect([status, body.code]).toEqual([409, 'patrol.zones-changed']);
    expect(server.bridge.calls.filter((call) => call.startsWith('upload'))).toEqual([]);
    expect((await launch((await preview()).body.previewId)).status).toBe(201);
  });

  it('has no plan when a zone closes all of the cell, and says so', async () => {
    await add(zone({ geometry: box(-50, 50, 500, 500) }));
    const { body } = await preview();
    expect(body.launchable).toBe(false);
    expect(body.findings.map((finding) => finding.code)).toContain('airspace.area-blocked');
  });
});

describe('an aircraft in the air', () => {
  const fly = (eastM: number, northM: number, changes = {}) => {
    const receivedAtMs = performance.timeOrigin + performance.now();
    const place = { lonDeg: 110.29 + eastM / DEG_EAST_M, latDeg: 25.28 + northM / DEG_NORTH_M };
    server.bridge.put(
      readyVehicle(vehicleId, {
        armed: true,
        flightState: 'in-air',
        mode: { name: 'AUTO', normalised: 'mission', customMode: 3, receivedAtMs },
        position: { ...place, altitudeAmslM: 210, relativeAltitudeM: 60, headingDeg: 0, receivedAtMs },
        velocity: { groundSpeedMps: 10, climbMps: 0, northMps: 10, eastMps: 0, receivedAtMs },
        ...changes,
      }),
    );
  };
  const launched = async (): Promise<PatrolView> => {
    server.bridge.put(readyVehicle(vehicleId));
    const { body: plan } = await operator.call<PatrolPreview>('POST', '/api/v1/patrols/preview', {
      cellId: 'c1',
      vehicleIds: [vehicleId],
    });
    const launch = { previewId: plan.previewId, purpose: 'patrol' };
    const { body } = await operator.call<PatrolView>('POST', '/api/v1/patrols', launch);
    return body;
  };
  const noticesWith = (feed: ReturnType<ConsoleClient['listen']>, code: string) =>
    feed.notices.filter((notice) => notice.code === code);

  it('is told of a zone drawn over its way, and over itself, within the same second', async () => {
    await launched();
    const feed = operator.listen();
    fly(0, 0, { mission: missionAt(2) });
    await feed.until('the aircraft', () => feed.vehicles.get(vehicleId)?.armed === true);
    expect(await conflicts()).toEqual([]);
    // The cell begins 111 m north of home: 100 m on, at 10 m/s.
    const { body } = await add(zone({ geometry: box(-50, 100, 400, 50) }));
    expect(await conflicts()).toMatchObject([
      {
        ...{
          vehicleId,
          kind: 'on-route',
          code: 'airspace.zone-on-route',
          zoneName: '医院',
          zoneNameEn: 'Hospital',
        },
        ...{ patrolId: expect.stringMatching(/^P-/) },
      },
    ]);
    const [conflict] = await conflicts();
    expect(conflict?.secondsToEntry).toBeGreaterThanOrEqual(10);
    expect(conflict?.secondsToEntry).toBeLessThan(16);
    await feed.until('the alarm', () => noticesWith(feed, 'airspace.zone-on-route').length === 1);
    expect(noticesWith(feed, 'airspace.zone-on-route')[0]).toMatchObject({
      ...{ severity: 'alarm', vehicleId, details: { zone: '医院', seconds: conflict?.secondsToEntry } },
    });
    fly(10, 120, { mission: missionAt(2) });
    await feed.until('the second alarm', () => noticesWith(feed, 'airspace.inside-zone').length === 1, 4000);
    expect((await conflicts()).map((one) => [one.kind, one.secondsToEntry])).toEqual([['inside', 0]]);
    await supervisor.call('DELETE', `/api/v1/airspace/zones/${body.zone.zoneId}`);
    expect(await conflicts()).toEqual([]);
    await feed.until('the all-clear', () => noticesWith(feed, 'airspace.conflict-over').length === 1);
    feed.close();
    // No automatic action: the operator holds or returns.
    expect(server.bridge.calls.filter((call) => /hold|return|land/.test(call))).toEqual([]);
    await expect.poll(async () => (await eventsOf('airspace')).length, { timeout: 4000 }).toBe(3);
  });

  it('is warned of its straight way home when a zone is drawn across it, and of nothing at another height', async () => {
    fly(0, 500, { mode: null });
    const feed = operator.listen();
    await add(zone({ geometry: box(-50, 200, 100, 50), ceilingM: 30 }));
    expect(await conflicts()).toEqual([]);
    await add(zone({ geometry: box(-50, 200, 100, 50) }));
    expect(await conflicts()).toMatchObject([{ kind: 'on-return', distanceM: expect.any(Number) }]);
    expect(Math.abs(((await conflicts())[0]?.distanceM ?? 0) - 250)).toBeLessThan(5);
    await feed.until('the alarm', () => noticesWith(feed, 'airspace.zone-on-return').length === 1);
    feed.close();
  });

  const goto = (body: object, client = operator) =>
    client.call<ActionResult & Problem>('POST', `/api/v1/vehicles/${vehicleId}/goto`, {
      ...{ lonDeg: 110.29 + 400 / DEG_EAST_M, latDeg: 25.28 + 300 / DEG_NORTH_M, relativeAltitudeM: 60 },
      ...{ purpose: 'incident-follow-up', note: 'Accident at the crossing' },
      ...body,
    });

  it('is sent to a place, its patrol waits, and resume begins the leg anew on which it was left', async () => {
    const { patrolId } = await launched();
    const feed = operator.listen();
    fly(50, 150, { mission: missionAt(4) });
    const sortie = () => feed.patrols.get(patrolId)?.sorties[0];
    await feed.until('on patrol', () => sortie()?.state === 'on-patrol');
    const { status, body } = await goto({ orderNumber: 'I-7' });
    expect([status, body.outcome]).toEqual([200, 'done']);
    await feed.until('the diversion', () => sortie()?.diversion != null);
    expect(sortie()).toMatchObject({
      state: 'held',
      diversion: {
        purpose: 'incident-follow-up',
        orderedBy: 'op',
        orderNumber: 'I-7',
        leftItem: 4,
        arrived: false,
      },
    });
    fly(400, 300, { mission: missionAt(4), mode: guided() });
    server.bridge.emit({
      kind: 'guided',
      vehicleId,
      action: 'go-to',
      phase: 'arrived',
      distanceM: 1,
      reason: null,
      atMs: Date.now(),
    });
    await feed.until('the arrival', () => sortie()?.diversion?.arrived === true);
    // A second order does not change where the patrol was left.
    await goto({ latDeg: 25.284 });
    await feed.until('the second order', () => sortie()?.diversion?.to[1] === 25.284);
    expect(sortie()?.diversion?.leftItem).toBe(4);
    const closed = await add(zone({ geometry: box(200, 0, 50, 2000) }));
    const refused = await operator.call<Problem>('POST', `/api/v1/vehicles/${vehicleId}/resume`);
    expect([refused.status, refused.body.code, refused.body.details.zone]).toEqual([
      409,
      'patrol.rejoin-closed',
      '医院',
    ]);
    // What keeps it safe is never in doubt.
    expect(
      (await operator.call<ActionResult>('POST', `/api/v1/vehicles/${vehicleId}/hold`)).body.outcome,
    ).toBe('done');
    await supervisor.call('DELETE', `/api/v1/airspace/zones/${closed.body.zone.zoneId}`);
    server.bridge.calls.length = 0;
    await operator.call('POST', `/api/v1/vehicles/${vehicleId}/resume`);
    expect(server.bridge.calls.filter((call) => !call.startsWith('interest'))).toEqual([
      `current ${vehicleId} 3`,
      `resume ${vehicleId}`,
    ]);
    fly(400, 300, { mission: missionAt(3) });
    await feed.until(
      'on patrol again',
      () => sortie()?.state === 'on-patrol' && sortie()?.diversion === null,
    );
    feed.close();
    await expect
      .poll(async () => (await eventsOf('goto')).length, { timeout: 4000 })
      .toBeGreaterThanOrEqual(5);
    expect((await eventsOf('goto'))[0]).toMatchObject({
      details: { purpose: 'incident-follow-up', orderNumber: 'I-7' },
    });
  });

  it('does not resume by itself where the aircraft does not take the item', async () => {
    await launched();
    fly(50, 150, { mission: missionAt(4) });
    await goto({});
    server.bridge.actionOutcome = { kind: 'no-answer', afterMs: 5000 };
    server.bridge.calls.length = 0;
    const { body } = await operator.call<ActionResult>('POST', `/api/v1/vehicles/${vehicleId}/resume`);
    expect([body.outcome, body.code]).toEqual(['unknown', 'command.no-answer']);
    expect(server.bridge.calls.filter((call) => call.startsWith('resume'))).toEqual([]);
  });

  it.each<[string, () => unknown, object]>([
    ['goto.on-ground', () => server.bridge.put(readyVehicle(vehicleId)), {}],
    ['goto.not-connected', () => fly(0, 0, { connection: 'lost' }), {}],
    ['goto.no-position', () => fly(0, 0, { position: null }), {}],
    ['goto.launching', () => fly(0, 0, { flightState: 'taking-off' }), {}],
    ['goto.too-far', () => fly(0, 0), { latDeg: 25.48 }],
    ['goto.place-in-zone', () => add(zone({ geometry: box(350, 250, 100, 100) })), {}],
    ['goto.zone-in-the-way', () => add(zone({ geometry: box(200, 0, 20, 600) })), {}],
  ])('is not sent: %s', async (code, arrange, body) => {
    fly(0, 0);
    await arrange();
    const answer = await goto(body);
    expect([answer.status, answer.body.code]).toEqual([409, code]);
    expect(answer.body.details.vehicle).toBe('D-01');
    expect(server.bridge.calls.filter((call) => call.startsWith('goto'))).toEqual([]);
  });

  it('may be sent out of a zone that was drawn over it, by those who may fly, for a reason', async () => {
    fly(0, 0);
    await add(zone({ geometry: box(-100, -100, 200, 200) }));
    expect((await goto({})).body.outcome).toBe('done');
    expect((await goto({ note: '' })).status).toBe(400);
    expect((await goto({}, investigator)).status).toBe(403);
    expect((await goto({ relativeAltitudeM: 121 })).status).toBe(400);
  });

  const missionAt = (currentIndex: number) => ({
    ...{ currentIndex, reachedIndex: null, itemCount: 20, verifiedPlanHash: 'h' },
    receivedAtMs: performance.timeOrigin + performance.now(),
  });
  const guided = () => ({
    ...{ name: 'GUIDED', normalised: 'guided', customMode: 4 },
    receivedAtMs: performance.timeOrigin + performance.now(),
  });
  const eventsOf = async (kind: string) => {
    const { body: list } = await investigator.call<FlightList>('GET', '/api/v1/flights');
    const flightId = list.flights.find((flight) => flight.vehicleId === vehicleId)?.flightId ?? '';
    const { body } = await investigator.call<FlightDetail>('GET', `/api/v1/flights/${flightId}`);
    return body.events.filter((event) => event.kind === kind);
  };
});

function polygon(ring: number[][], lon0 = 110.29): Polygon {
  return { type: 'Polygon', coordinates: [ring.map(([lon = 0, lat = 0]) => [lon + lon0, lat + 25])] };
}

function circle(corners: number): Polygon {
  const ring = Array.from({ length: corners + 1 }, (_, i) => {
    const angle = ((i % corners) / corners) * 2 * Math.PI;
    return [Math.cos(angle) / 100, Math.sin(angle) / 100];
  });
  return polygon(ring);
}
