import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CellView } from '../../src/contract/index.ts';
import { browserTestsRun, openBrowser, openPage, PHONE, screenshot, WALL } from '../support/browser.ts';
import { ConsoleClient, type ConsoleFeed } from '../support/console-client.ts';
import { nearestCell } from '../support/fly-cell.ts';
import { type Demo, startDemo } from '../support/programs.ts';
import { checkTlog } from '../support/tlog-check.ts';
import { airspaceInBrowser } from './airspace-in-browser.ts';

let demo: Demo;
let browser: Browser;
let feed: ConsoleFeed;
let cell: CellView;

const byId = (page: Page, id: string) => page.getByTestId(id);

const mapReady = (page: Page, place: string) =>
  page.locator(`[data-testid="${place}"][data-map-ready="true"]`).waitFor({ timeout: 30_000 });

async function signIn(page: Page): Promise<void> {
  await byId(page, 'sign-in-username').fill(demo.username);
  await byId(page, 'sign-in-password').fill(demo.password);
  await byId(page, 'sign-in-submit').click();
  await mapReady(page, 'map');
}

/** Some controls ask for a second step; press whatever the console wants. */
async function pressAndConfirm(page: Page, id: string): Promise<void> {
  await byId(page, id).first().click();
  const confirm = byId(page, 'confirm-action').last();
  if (
    await confirm.waitFor({ timeout: 2000 }).then(
      () => true,
      () => false,
    )
  )
    await confirm.click(); // prettier-ignore
}

/** To Chinese, without signing in again. */
async function changeLanguage(page: Page): Promise<void> {
  await byId(page, 'language-switch').first().click();
  const option = page.getByText('中文', { exact: false }).last();
  if (await option.isVisible().catch(() => false)) await option.click();
  await expect
    .poll(() => page.locator('body').innerText(), { timeout: 10_000 })
    .toMatch(/[\u4e00-\u9fff]{2}/);
  await expect.poll(() => page.locator('html').getAttribute('lang')).toMatch(/^zh/);
}

describe.skipIf(!browserTestsRun())('the console in a real browser', () => {
  beforeAll(async () => {
    [demo, browser] = await Promise.all([startDemo(['--speed', '8']), openBrowser()]);
    const client = new ConsoleClient(demo.url);
    await client.signIn(demo.username, demo.password);
    feed = client.listen();
    const ready = () =>
      [...feed.vehicles.values()].filter((v) => v.prearm?.ready === true && v.position !== null);
    await feed.until('six aircraft ready', () => ready().length === 6, 60_000);
    cell = await nearestCell(client, feed, 2);
  }, 90_000);

  afterAll(async () => {
    feed?.close();
    await browser?.close();
    await demo?.cleanUp();
  });

  it('signs in, picks a cell, launches, sees the drone move, returns it, sees it land, downloads the tlog', async () => {
    const { page, problems } = await openPage(browser, demo.url, { viewport: WALL, locale: 'en-GB' });
    await screenshot(page, 'en-wall-1-sign-in');
    await signIn(page);
    await byId(page, 'cell-search').fill(cell.name);
    await byId(page, `cell-row-${cell.cellId}`).click();
    await byId(page, 'plan-patrol').click();
    await byId(page, 'preview-length').waitFor({ timeout: 30_000 });
    expect(await byId(page, 'preview-length').innerText()).toMatch(/\d.*m/);
    expect(await byId(page, 'preview-duration').innerText()).toMatch(/\d/);
    expect(await byId(page, 'preview-battery').innerText()).toMatch(/\d.*%/);
    await byId(page, 'purpose-select').click();
    await page.locator('.ant-select-item-option').first().click();
    await screenshot(page, 'en-wall-2-plan');
    await pressAndConfirm(page, 'launch-patrol');

    await feed.until('a sortie', () => [...feed.patrols.values()].some((p) => p.state === 'running'), 30_000);
    const patrol = [...feed.patrols.values()].find((p) => p.state === 'running');
    const vehicleId = patrol?.sorties[0]?.vehicleId ?? '';
    const sortie = () => feed.patrols.get(patrol?.patrolId ?? '')?.sorties[0];
    await feed.until('on patrol', () => sortie()?.state === 'on-patrol', 120_000);
    await byId(page, `fleet-row-${vehicleId}`).click();
    const positionText = () => byId(page, 'drone-position').innerText();
    const before = await positionText();
    await expect.poll(positionText, { timeout: 15_000 }).not.toBe(before);
    expect(await byId(page, 'drone-height').innerText()).toMatch(/\d/);
    await feed.until('some progress', () => (sortie()?.progressPct ?? 0) > 5, 120_000);
    await screenshot(page, 'en-wall-3-on-patrol');

    await pressAndConfirm(page, 'action-return');
    await byId(page, 'action-result').first().waitFor({ timeout: 15_000 });
    await feed.until(
      'returning',
      () => sortie()?.state === 'returning' || sortie()?.state === 'landing',
      30_000,
    );
    await screenshot(page, 'en-wall-4-returning');
    await feed.until('landed', () => feed.vehicles.get(vehicleId)?.armed === false, 180_000);

    const flightId = sortie()?.flightId ?? '';
    await byId(page, 'nav-flights').click();
    await byId(page, `flight-row-${flightId}`).click();
    // The recording is closed some seconds after disarming; the size then appears by itself.
    await expect
      .poll(() => byId(page, 'download-tlog').innerText(), { timeout: 15_000 })
      .toMatch(/\d\s*[kM]B/);
    const downloading = page.waitForEvent('download', { timeout: 30_000 });
    await byId(page, 'download-tlog').first().click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe(`${flightId}.tlog`);
    expect(checkTlog(readFileSync(await download.path())).length).toBeGreaterThan(500);
    await mapReady(page, 'track-map');
    await screenshot(page, 'en-wall-5-flight');
    expect(problems).toEqual([]);
    await page.context().close();
  }, 420_000);

  it.each([
    ['zh-CN', 'wall', WALL, '登录'],
    ['zh-CN', 'phone', PHONE, '登录'],
    ['en-GB', 'phone', PHONE, 'Sign in'],
  ] as const)(
    'is complete in %s on a %s, without anything from the internet',
    async (locale, size, viewport, word) => {
      const { page, problems } = await openPage(browser, demo.url, { viewport, locale });
      await expect.poll(() => page.locator('body').innerText(), { timeout: 15_000 }).toContain(word);
      await signIn(page);
      await screenshot(page, `${locale}-${size}-operate`);
      for (const place of ['flights', 'grid', 'operate']) {
        await byId(page, `nav-${place}`).first().click();
        if (place === 'operate') await mapReady(page, 'map');
        else await page.waitForTimeout(800);
        await screenshot(page, `${locale}-${size}-${place}`);
        const wider = await page.evaluate('document.documentElement.scrollWidth > window.innerWidth + 1');
        expect([place, wider]).toEqual([place, false]);
      }
      if (size === 'phone') {
        await byId(page, 'sheet-fleet').click();
        await page.locator('[data-testid^="fleet-row-"]').first().click();
        await page.waitForTimeout(800);
        await screenshot(page, `${locale}-${size}-drone`);
      }
      // A key that has no translation shows as itself: words with a dot between and no space.
      const text = await page.locator('body').innerText();
      expect(
        text.match(/\b[a-z]+(\.[a-z-]+){1,3}\b/g)?.filter((key) => !/\.(geojson|tlog|kml|plan)$/.test(key)) ??
          [],
      ).toEqual([]);
      if (locale === 'en-GB') await changeLanguage(page);
      expect(problems).toEqual([]);
      await page.context().close();
    },
    120_000,
  );
});

airspaceInBrowser();
