import { existsSync, readFileSync } from 'node:fs';

/** The version in package.json, which stands one folder up in the source and two up in dist/. */
export function packageVersion(): string {
  for (const place of ['../package.json', '../../package.json']) {
    const url = new URL(place, import.meta.url);
    if (!existsSync(url)) continue;
    const { version } = JSON.parse(readFileSync(url, 'utf8')) as { version: string };
    return version;
  }
  return '0.0.0';
}
