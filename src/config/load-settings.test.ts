import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSettings } from './load-settings.ts';
import { settingsDocument } from './settings-document.ts';

const load = (sources: Partial<Parameters<typeof loadSettings>[0]>) =>
  loadSettings({ env: {}, flags: {}, ...sources });

function fileWith(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'airgrid-config-')), 'airgrid.yaml');
  writeFileSync(file, text);
  return file;
}

describe('settings', () => {
  it('has a default for everything', () => {
    const settings = load({});
    expect(settings.server.port).toBe(8080);
    expect(settings.links).toEqual(['udp-listen://0.0.0.0:14550']);
  });

  it('lets flags win over the environment and the environment over the file', () => {
    const file = fileWith('server: { port: 1001, host: 10.0.0.1 }\nmavlink: { systemId: 7 }\n');
    const settings = load({
      file,
      env: { AIRGRID_SERVER_PORT: '1002', AIRGRID_SERVER_HOST: '10.0.0.2' },
      flags: { 'server.port': '1003' },
    });
    expect(settings.server.port).toBe(1003);
    expect(settings.server.host).toBe('10.0.0.2');
    expect(settings.mavlink.systemId).toBe(7);
  });

  it('reads lists from YAML and from comma-separated text', () => {
    expect(load({ env: { AIRGRID_LINKS: 'tcp://a:1, tcp://b:2' } }).links).toEqual([
      'tcp://a:1',
      'tcp://b:2',
    ]);
    expect(load({ file: fileWith('links: [tcp://c:3]') }).links).toEqual(['tcp://c:3']);
  });

  it.each([
    [{ flags: { 'server.port': '70000' } }, ['server.port', '"70000"', 'from 0 to 65535']],
    [{ flags: { 'server.port': 'http' } }, ['server.port', '"http"', 'whole number']],
    [
      { env: { AIRGRID_LOG_LEVEL: 'loud' } },
      ['log.level', 'AIRGRID_LOG_LEVEL', '"loud"', 'one of trace, debug'],
    ],
    [{ env: { AIRGRID_SERVER_PROT: '1' } }, ['AIRGRID_SERVER_PROT', 'not a setting']],
    [{ flags: { 'server.prot': '1' } }, ['server.prot', 'not a setting', 'server.port']],
    [{ flags: { 'mavlink.telemetryRateHz': '' } }, ['mavlink.telemetryRateHz', 'from 1 to 50 Hz']],
  ])('names the wrong setting, its value and what is allowed: %j', (sources, parts) => {
    expect(() => load(sources)).toThrow(expect.objectContaining({ code: 'config.invalid' }));
    for (const part of parts) expect(() => load(sources)).toThrow(part);
  });

  it('tells all wrong settings at once', () => {
    const sources = { flags: { 'server.port': '-1', 'log.format': 'xml' } };
    expect(() => load(sources)).toThrow('server.port');
    expect(() => load(sources)).toThrow('log.format');
  });

  it('says which file cannot be read and why', () => {
    expect(() => load({ file: '/nowhere/airgrid.yaml' })).toThrow('/nowhere/airgrid.yaml');
    expect(() => load({ file: fileWith('server: {port: [') })).toThrow('not valid YAML');
    expect(() => load({ file: fileWith('- a list') })).toThrow('(top level)');
  });

  it('is documented: docs/configuration.md equals what the schema says', () => {
    const path = new URL('../../docs/configuration.md', import.meta.url);
    if (process.env.REGEN === '1') writeFileSync(path, settingsDocument());
    expect(readFileSync(path, 'utf8')).toBe(settingsDocument());
  });
});
