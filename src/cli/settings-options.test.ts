import { describe, expect, it } from 'vitest';
import { settingsFrom } from './settings-options.ts';

describe('settings of a command', () => {
  it("lets the user's flags win over what the command itself sets", () => {
    const settings = settingsFrom({ port: '9001', set: ['mavlink.systemId=7'] }, { 'server.port': '8080' });
    expect(settings.server.port).toBe(9001);
    expect(settings.mavlink.systemId).toBe(7);
  });

  it('takes several links', () => {
    expect(settingsFrom({ link: ['tcp://a:1', 'tcp://b:2'] }).links).toEqual(['tcp://a:1', 'tcp://b:2']);
  });

  it('says how --set is written', () => {
    expect(() => settingsFrom({ set: ['server.port'] })).toThrow('name=value');
  });
});
