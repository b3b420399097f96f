import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Where the usual browsers are; `BROWSER_PATH` names another. */
const PLACES = [
  process.env.BROWSER_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/microsoft-edge',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** Screenshots are looked at by people; they stay out of git. */
const ARTIFACTS = resolve(process.env.ARTIFACTS_DIR ?? 'artifacts', 'screenshots');

export const browserPath = (): string | null =>
  PLACES.find((place): place is string => place !== undefined && place !== '' && existsSync(place)) ?? null;

/**
 * True when the browser tests run. Without a browser they are skipped with a word on how to get one; in CI that is a
 * failure, because there nobody reads the word.
 */
export function browserTestsRun(): boolean {
  if (browserPath() !== null) return true;
  const how =
    'No Chrome, Chromium or Edge found: install one (Debian: apt-get install chromium fonts-noto-cjk) or set BROWSER_PATH.';
  if (process.env.CI !== undefined && process.env.CI !== '') throw new Error(how);
  console.warn(`\n  Browser tests are SKIPPED. ${how}\n`);
  return false;
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: browserPath() ?? '',
    args: [
      '--no-sandbox',
      // MapLibre needs WebGL; without a graphics card Chromium draws it in software.
      '--use-gl=angle',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}

export const WALL = { width: 1440, height: 900 } as const;
export const PHONE = { width: 390, height: 844 } as const;

/** A page whose errors (script errors, failed requests to our own server) are kept. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions,
): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext({ acceptDownloads: true, ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(`script: ${error.message}`));
  page.on('console', (message) => {
    // A 401 before sign-in is the console asking who it is.
    if (message.type() === 'error' && !message.text().includes('401'))
      problems.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url()))
      problems.push(`foreign: ${request.url()}`);
  });
  await page.goto(url);
  return { page, problems };
}

export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(ARTIFACTS, { recursive: true });
  await page.screenshot({ path: join(ARTIFACTS, `${name}.png`) });
}
