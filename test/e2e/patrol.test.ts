import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActionResult, PatrolPreview, PatrolView } from '../../src/contract/index.ts';
import { ConsoleClient, type ConsoleFeed } from '../support/console-client.ts';
import { flyCell, nearestCell } from '../support/fly-cell.ts';
import { type Demo, startDemo } from '../support/programs.ts';

/** Six simulated aircraft in a process of their own, real UDP, the built server: only time runs faster. */
const SPEED = 8;
let demo: Demo;
let client: ConsoleClient;
let feed: ConsoleFeed;

beforeAll(async () => {
  demo = await startDemo(['--speed', String(SPEED)]);
  client = new ConsoleClient(demo.url);
  await client.signIn(demo.username, demo.password);
  feed = client.listen();
  await feed.until(
    'six aircraft ready to fly',
    () =>
      [...feed.vehicles.values()].filter((v) => v.prearm?.ready === true && v.position !== null).length === 6,
  );
}, 60_000);

afterAll(async () => {
  feed?.close();
  await demo?.cleanUp();
});

describe('the main job', () => {
  it('flies a micro cell from plan to landing, and the record proves it', async () => {
    const cell = await nearestCell(client, feed, 3);
    const flown = await flyCell(client, feed, cell.cellId, { withinMs: 150_000 });
    expect(flown.states).toEqual(
      expect.arrayContaining(['preparing', 'launching', 'on-patrol', 'returning', 'landing', 'done']),
    );
    expect(flown.coverageOfPlanPct).toBeGreaterThanOrEqual(98);
    // What was promised is what it took (simulated time), roughly.
    const flownS = (flown.flight.durationS ?? 0) * SPEED;
    const plannedS = flown.preview.sorties[0]?.durationS ?? 0;
    expect(flownS / plannedS).toBeGreaterThan(0.7);
    expect(flownS / plannedS).toBeLessThan(1.4);
  }, 180_000);

  it('holds, resumes, returns and lands when told to, and says what the aircraft reports', async () => {
    const cell = await nearestCell(client, feed, 2);
    const { body: preview } = await client.call<PatrolPreview>('POST', '/api/v1/patrols/preview', {
      cellId: cell.cellId,
    });
    const launch = { previewId: preview.previewId, purpose: 'patrol' };
    const { body: patrol } = await client.call<PatrolView>('POST', '/api/v1/patrols', launch);
    const sortie = () => feed.patrols.get(patrol.patrolId)?.sorties[0];
    const vehicleId = patrol.sorties[0]?.vehicleId ?? '';
    const act = async (action: string) => {
      const { body } = await client.call<ActionResult>('POST', `/api/v1/vehicles/${vehicleId}/${action}`);
      expect([action, body.outcome]).toEqual([action, 'done']);
    };
    await feed.until('some progress', () => (sortie()?.progressPct ?? 0) > 3, 90_000);
    await act('hold');
    await feed.until('held', () => sortie()?.state === 'held');
    const heldAt = sortie()?.progressPct ?? 0;
    await act('resume');
    await feed.until('progress after the hold', () => (sortie()?.progressPct ?? 0) > heldAt + 1, 60_000);
    await act('return');
    await feed.until('returning', () => sortie()?.state === 'returning');
    await feed.until('the mode', () => feed.vehicles.get(vehicleId)?.mode?.normalised === 'return', 5000);
    await act('land');
    await feed.until('landed', () => sortie()?.state === 'partly-done', 120_000);
    await feed.until('the disarmed aircraft', () => feed.vehicles.get(vehicleId)?.armed === false, 5000);
  }, 240_000);

  it('plans a large cell for several drones on heights of their own', async () => {
    const cell = await nearestCell(client, feed, 1);
    const { body: preview } = await client.call<PatrolPreview>('POST', '/api/v1/patrols/preview', {
      cellId: cell.cellId,
    });
    expect(preview.findings.filter((finding) => finding.severity === 'error')).toEqual([]);
    expect(preview.sorties.length).toBeGreaterThan(1);
    const heights = preview.sorties.map((sortie) => sortie.relativeAltitudeM);
    expect(new Set(heights).size).toBe(heights.length);
    for (const sortie of preview.sorties)
      expect(sortie.batteryNeedPct + 25).toBeLessThanOrEqual(sortie.batteryNowPct ?? 0);
  }, 60_000);

  it('gives telemetry to the console at 5 Hz or better', async () => {
    const vehicleId = [...feed.vehicles.keys()][0] ?? '';
    let updates = 0;
    feed.socket.on('fleet:update', (update) => {
      updates += update.vehicles.some((vehicle) => vehicle.vehicleId === vehicleId) ? 1 : 0;
    });
    await new Promise((resolve) => setTimeout(resolve, 4000));
    expect(updates / 4).toBeGreaterThanOrEqual(5);
    const view = feed.vehicles.get(vehicleId);
    expect(view).toMatchObject({
      armed: expect.any(Boolean),
      position: { relativeAltitudeM: expect.any(Number), headingDeg: expect.any(Number) },
      velocity: { groundSpeedMps: expect.any(Number) },
      battery: { remainingPct: expect.any(Number), voltageV: expect.any(Number) },
      gps: { satellites: expect.any(Number) },
      mode: { name: expect.any(String) },
      linkQuality: { lossPct: 0 },
    });
  }, 20_000);
});

describe('the end', () => {
  it('comes within 3 s of Ctrl-C and takes the simulator along', async () => {
    const { code, tookMs } = await demo.stop('SIGINT');
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(3000);
    expect(demo.output()).toContain('Stopped');
  });
});
