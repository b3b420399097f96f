import { afterEach, describe, expect, it } from 'vitest';
import type { LinkId } from '../../firmware-bridge/index.ts';
import { freeUdpPort } from '../support/ports.ts';
import { PX4_GCS_PORT, PX4_OFFBOARD_PORT, px4Build, startPx4, untilFree } from '../support/px4.ts';
import { arduCopterPath, SITL_HOME, startArduCopter } from '../support/sitl.ts';
import { startUdpRelay, type UdpRelay } from '../support/udp-relay.ts';
import { type Watched, watch } from './autopilots.ts';

/** One aircraft over two links at once, each of which can be cut: one vehicle, and it goes on being commanded. */
const copter = arduCopterPath();
const px4 = px4Build();
const INSTANCE = 23;
/** Beyond 9, PX4's companions share one port. */
const PX4_INSTANCE = 8;
const SPEEDUP = 2;

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

interface Ways {
  readonly watched: Watched;
  readonly relays: Readonly<Record<'radio' | 'cellular', UdpRelay>>;
}

async function behindRelays(fronts: { readonly radio: number; readonly cellular: number }): Promise<Ways> {
  const relayTo = async (listenPort: number): Promise<{ relay: UdpRelay; url: string }> => {
    const toPort = await freeUdpPort();
    const relay = await startUdpRelay({ listenPort, toPort });
    opened.push(() => relay.close());
    return { relay, url: `udp-listen://127.0.0.1:${toPort}` };
  };
  const radio = await relayTo(fronts.radio);
  const cellular = await relayTo(fronts.cellular);
  const watched = await watch({ radio: radio.url, cellular: cellular.url });
  opened.push(() => watched.close());
  return { watched, relays: { radio: radio.relay, cellular: cellular.relay } };
}

async function checkTwoWays({ watched, relays }: Ways): Promise<void> {
  const { bridge, events, until, only } = watched;
  await watched.ready(1, 200_000);
  const { vehicleId } = only();
  await until(
    'one vehicle by two ways',
    () => new Set(only().linkQuality.routes.map(({ linkId }) => linkId)).size === 2,
    10_000,
  );
  const uploadsOver = async (): Promise<string> => {
    const outcome = await bridge.parameters.fetchAll(vehicleId);
    return outcome.kind;
  };
  expect(await uploadsOver()).toBe('done');

  for (const cutFirst of [true, false]) {
    const used = only().linkId as 'radio' | 'cellular';
    const other = used === 'radio' ? 'cellular' : 'radio';
    const before = events.length;
    relays[used].cut(true);
    const cutAtMs = Date.now();
    // At once, without waiting for the change of ways.
    const asked = await bridge.hold(vehicleId);
    await until(`spoken to over ${other}`, () => only().linkId === (other as LinkId), 5_000);
    console.log(
      `${only().autopilot}: ${used} cut, over ${other} after ${Date.now() - cutAtMs} ms; hold meanwhile: ${asked.kind}`,
    );
    expect(asked).toMatchObject({ kind: 'done' });
    expect(events.slice(before).map(({ kind }) => kind)).toContain('vehicle-route');
    expect(events.slice(before).map(({ kind }) => kind)).not.toContain('vehicle-lost');
    expect(only().connection).toBe('online');
    expect(await uploadsOver()).toBe('done');
    expect(await bridge.plans.clear(vehicleId, 'mission')).toMatchObject({ kind: 'done' });
    relays[used].cut(false);
    await until(
      'both ways again',
      () => new Set(only().linkQuality.routes.map(({ linkId }) => linkId)).size === 2,
      10_000,
    );
    if (!cutFirst) break;
  }
}

describe('one vehicle over two links', () => {
  it.skipIf(copter === null)('ArduCopter: is one, and obeys when either is cut', async () => {
    const fronts = { radio: await freeUdpPort(), cellular: await freeUdpPort() };
    const sitl = await startArduCopter(copter ?? '', {
      instance: INSTANCE,
      link: { udpPort: fronts.radio },
      speedup: SPEEDUP,
      secondUdpPort: fronts.cellular,
    });
    opened.push(() => sitl.stop());
    await checkTwoWays(await behindRelays(fronts));
  });

  it.skipIf(px4 === null)('PX4: is one, and obeys when either is cut', async () => {
    if (px4 === null) return;
    const fronts = { radio: PX4_GCS_PORT, cellular: PX4_OFFBOARD_PORT + PX4_INSTANCE };
    for (const port of Object.values(fronts)) await untilFree(port);
    const sitl = await startPx4(px4, { instance: PX4_INSTANCE, speedup: SPEEDUP, home: SITL_HOME });
    opened.push(() => sitl.stop());
    await checkTwoWays(await behindRelays(fronts));
  });
});
