import { describe, expect, it } from 'vitest';
import { bridgeConfig } from './bridge-config.ts';
import { loadSettings } from './load-settings.ts';
import type { Settings } from './settings.ts';

function configOf(links: readonly string[], mavlink: Partial<Settings['mavlink']>) {
  const settings = loadSettings({ env: {}, flags: {} });
  return bridgeConfig(
    { ...settings, links: [...links], mavlink: { ...settings.mavlink, ...mavlink } },
    '/data',
    '/data/flights',
  );
}

const TWO = ['udp-listen://0.0.0.0:14550', 'serial:///dev/ttyUSB0?baud=57600'];

describe('the bridge as the settings want it', () => {
  it('calls links by their order and signs none by itself', () => {
    const config = configOf(TWO, {});
    expect(config.links.map(({ linkId }) => linkId)).toEqual(['link-1', 'link-2']);
    expect(config.links.every((link) => link.signing === undefined)).toBe(true);
    expect(config.forwards).toEqual([]);
  });

  it('signs a link with its key, and a vehicle on it with its own', () => {
    const { links } = configOf(TWO, {
      signing: ['link-2=accepted:/keys/radio.key:setup', 'link-1=required:/keys/a:b.key'],
      vehicleKeys: ['link-2/7=/keys/7.key'],
    });
    expect(links[1]?.signing).toEqual({
      ...{ policy: 'accepted', signingLinkId: 2, keyFile: '/keys/radio.key', allowKeySetup: true },
      vehicleKeyFiles: { 7: '/keys/7.key' },
    });
    expect(links[0]?.signing).toMatchObject({
      policy: 'required',
      keyFile: '/keys/a:b.key',
      allowKeySetup: false,
    });
  });

  it.each([
    ['no policy', { signing: ['link-1=/keys/a.key'] }],
    ['an unknown policy', { signing: ['link-1=maybe:/keys/a.key'] }],
    ['a link that is not there', { signing: ['link-3=required:/keys/a.key'] }],
    ['a link twice', { signing: ['link-1=required:/keys/a.key', 'link-1=accepted:/keys/b.key'] }],
    ['a vehicle on an unsigned link', { vehicleKeys: ['link-1/7=/keys/7.key'] }],
    ['a vehicle without a number', { signing: ['link-1=required:/a'], vehicleKeys: ['link-1/x=/7.key'] }],
  ])('refuses %s and shows how it is written', (_what, mavlink) => {
    expect(() => configOf(TWO, mavlink)).toThrowError(expect.objectContaining({ code: 'config.signing' }));
  });

  it('shows traffic to another station, and lets it command only where that is written', () => {
    const { forwards } = configOf(TWO, { forwards: ['udp://10.0.0.5:14550', 'udp://10.0.0.6:14550?write'] });
    expect(forwards?.map(({ url, mode }) => [url, mode])).toEqual([
      ['udp://10.0.0.5:14550', 'read-only'],
      ['udp://10.0.0.6:14550', 'read-write'],
    ]);
    expect(() => configOf(TWO, { forwards: ['10.0.0.5:14550'] })).toThrowError(
      expect.objectContaining({ code: 'config.forward' }),
    );
  });
});
