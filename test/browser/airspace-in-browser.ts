import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CellView, PatrolPreview, PatrolView, ZoneBody, ZoneList } from '../../src/contract/index.ts';
import { browserTestsRun, openBrowser, openPage, PHONE, screenshot, WALL } from '../support/browser.ts';
import { ConsoleClient, type ConsoleFeed } from '../support/console-client.ts';
import { nearestCell, squareAround } from '../support/fly-cell.ts';
import { type Demo, startDemo } from '../support/programs.ts';
import { tinyPmtiles } from '../support/tiny-pmtiles.ts';

let demo: Demo;
let browser: Browser;
let client: ConsoleClient;
let feed: ConsoleFeed;
let cell: CellView;
let folder: string;

const byId = (page: Page, id: string) => page.getByTestId(id);
const zones = async () => (await client.call<ZoneList>('GET', '/api/v1/airspace/zones')).body.zones;

async function signIn(page: Page): Promise<void> {
  await byId(page, 'sign-in-username').fill(demo.username);
  await byId(page, 'sign-in-password').fill(demo.password);
  await byId(page, 'sign-in-submit').click();
  await page.locator('[data-testid="map"][data-map-ready="true"]').waitFor({ timeout: 30_000 });
}

const add = (body: Partial<ZoneBody>) =>
  client.call('POST', '/api/v1/airspace/zones', { kind: 'no-fly', reason: 'Test', ...body });
const around = (eastDeg: number, northDeg: number, halfDeg: number): ZoneBody['geometry'] =>
  squareAround(cell.centroid[0] + eastDeg, cell.centroid[1] + northDeg, halfDeg).geometry;

/** Run by console.test.ts, behind its own: two browsers that draw maps at once starve each other. */
export function airspaceInBrowser(): void {
  describe.skipIf(!browserTestsRun())('airspace in a real browser', () => {
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'airgrid-map-'));
      const file = join(folder, 'base.pmtiles');
      writeFileSync(file, tinyPmtiles());
      const options = ['--speed', '6', '--count', '3', '--set', `map.pmtilesFile=${file}`];
      [demo, browser] = await Promise.all([startDemo(options), openBrowser()]);
      client = new ConsoleClient(demo.url);
      await client.signIn(demo.username, demo.password);
      feed = client.listen();
      const ready = () =>
        [...feed.vehicles.values()].filter((v) => v.prearm?.ready === true && v.position !== null);
      await feed.until('three aircraft ready', () => ready().length === 3, 60_000);
      cell = await nearestCell(client, feed, 2);
    }, 90_000);

    afterAll(async () => {
      feed?.close();
      await browser?.close();
      await demo?.cleanUp();
      rmSync(folder, { recursive: true, force: true });
    });

    it('draws a base map from a PMTiles file and zones on it, imports and removes zones, shows who is in trouble', async () => {
      const { page, problems } = await openPage(browser, demo.url, { viewport: WALL, locale: 'en-GB' });
      const parts: number[] = [];
      page.on('response', (response) => {
        if (response.url().endsWith('.pmtiles')) parts.push(response.status());
      });
      await signIn(page);
      await expect.poll(() => parts.length, { timeout: 15_000 }).toBeGreaterThan(0);
      expect(new Set(parts)).toEqual(new Set([206]));
      await byId(page, 'cell-search').fill(cell.name);
      await byId(page, `cell-row-${cell.cellId}`).click();
      await page.waitForTimeout(900);
      await byId(page, 'airspace-tool').click();
      await screenshot(page, 'airspace-en-wall-1-empty');

      await byId(page, 'draw-zone').click();
      const map = await byId(page, 'map').boundingBox();
      if (map === null) throw new Error('no map');
      const middle = { x: map.x + map.width * 0.68, y: map.y + map.height * 0.45 };
      for (const [x, y] of [
        [-70, -60],
        [80, -50],
        [60, 70],
        [-80, 60],
      ] as const) {
        await page.mouse.click(middle.x + x, middle.y + y);
        // MapLibre takes two clicks in a row for a double click.
        await page.waitForTimeout(450);
      }
      await byId(page, 'zone-name').fill('Stadium');
      expect(await byId(page, 'zone-save').isDisabled()).toBe(true);
      await byId(page, 'zone-reason').fill('Match day');
      await screenshot(page, 'airspace-en-wall-2-drawing');
      await byId(page, 'zone-save').click();
      await expect.poll(async () => (await zones()).length, { timeout: 30_000 }).toBe(1);
      const [drawn] = await zones();
      expect(drawn).toMatchObject({ name: 'Stadium', kind: 'no-fly', reason: 'Match day', temporary: false });
      expect(drawn?.geometry.coordinates[0]).toHaveLength(5);
      await byId(page, `zone-row-${drawn?.zoneId}`).waitFor();

      const feature = (properties: object, geometry: object) => ({ type: 'Feature', properties, geometry });
      const file = (...features: object[]) => ({
        name: 'zones.geojson',
        mimeType: 'application/geo+json',
        buffer: Buffer.from(JSON.stringify({ type: 'FeatureCollection', features })),
      });
      const school = feature(
        { name: '学校', nameEn: 'School', kind: 'privacy' },
        around(-0.004, 0.002, 0.0015),
      );
      const heights = { name: '限高区', nameEn: 'Approach', kind: 'altitude', floorM: 0, ceilingM: 80 };
      const crossed = {
        type: 'Polygon',
        coordinates: [[[110, 25], [110.1, 25.1], [110.1, 25], [110, 25.1], [110, 25]]], // biome-ignore format: one ring
      };
      await byId(page, 'zone-file').setInputFiles(file(school, feature({ name: 'Crossed' }, crossed)));
      await page.getByText('crosses itself', { exact: false }).waitFor();
      await screenshot(page, 'airspace-en-wall-3-refused');
      await byId(page, 'zone-file').setInputFiles(
        file(school, feature(heights, around(0.004, -0.003, 0.0018))),
      );
      await expect.poll(async () => (await zones()).length, { timeout: 30_000 }).toBe(3);
      await page.waitForTimeout(800);
      await screenshot(page, 'airspace-en-wall-4-zones');

      await byId(page, `remove-zone-${drawn?.zoneId}`).click();
      await byId(page, 'confirm-remove-zone').click();
      await expect.poll(async () => (await zones()).length, { timeout: 30_000 }).toBe(2);

      // A patrol round a hole, then a zone over the aircraft.
      await add({ name: '医院', nameEn: 'Hospital', geometry: around(0.0004, 0.0004, 0.0006) });
      const { body: preview } = await client.call<PatrolPreview>('POST', '/api/v1/patrols/preview', {
        cellId: cell.cellId,
      });
      const launch = { previewId: preview.previewId, purpose: 'patrol' };
      const { body: patrol } = await client.call<PatrolView>('POST', '/api/v1/patrols', launch);
      const sortie = () => feed.patrols.get(patrol.patrolId)?.sorties[0];
      await feed.until('some progress', () => (sortie()?.progressPct ?? 0) > 12, 150_000);
      const at = feed.vehicles.get(sortie()?.vehicleId ?? '')?.position;
      const over = squareAround(at?.lonDeg ?? 0, at?.latDeg ?? 0, 0.0012).geometry;
      await add({ name: '临时管制', nameEn: 'Emergency closure', geometry: over });
      await page.locator('[data-testid="zone-conflicts"] [data-kind="inside"]').waitFor({ timeout: 20_000 });
      expect(await byId(page, 'alarm-banner').innerText()).toContain('Emergency closure');
      await page.waitForTimeout(600);
      await screenshot(page, 'airspace-en-wall-5-conflict');
      // The browser itself notes the refused import.
      const unexpected = problems.filter((problem) => !problem.includes('status of 422'));
      expect(unexpected).toEqual([]);
      await page.context().close();
    }, 300_000);

    it.each([['zh-CN', 'phone', PHONE]] as const)(
      'is complete in %s on a %s',
      async (locale, size, viewport) => {
        const { page, problems } = await openPage(browser, demo.url, { viewport, locale });
        await signIn(page);
        await byId(page, 'airspace-tool').click();
        await byId(page, 'airspace-card').waitFor();
        // Its button leads the map there, as far as the sheet leaves it free.
        await byId(page, 'airspace-card').locator('.zone-row .plain-icon').first().click();
        await page.waitForTimeout(1200);
        await screenshot(page, `airspace-${locale}-${size}-card`);
        const text = await page.locator('body').innerText();
        expect(
          text.match(/\b[a-z]+(\.[a-z-]+){1,3}\b/g)?.filter((key) => !/\.(geojson|kml)$/.test(key)) ?? [],
        ).toEqual([]);
        await byId(page, 'draw-zone').click();
        await page.waitForTimeout(300);
        await screenshot(page, `airspace-${locale}-${size}-draw`);
        expect(await page.evaluate('document.documentElement.scrollWidth > window.innerWidth + 1')).toBe(
          false,
        );
        expect(problems).toEqual([]);
        await page.context().close();
      },
      120_000,
    );
  });
}
