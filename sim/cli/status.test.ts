import { afterEach, expect, it } from 'vitest';
import { type SimFleet, startSimFleet } from '../fleet.ts';
import { UdpStation } from '../testing/udp-station.ts';
import { statusOf } from './fleet-command.ts';

let fleet: SimFleet | null = null;
afterEach(async () => {
  await fleet?.close();
  fleet = null;
});

it('the status line says how many fly and what the network did', async () => {
  const station = await UdpStation.open();
  try {
    const target = { host: '127.0.0.1', port: station.port };
    fleet = await startSimFleet({ count: 3, target, speed: 50, startupS: 0.5 });
    await station.until('a minute', () => (fleet?.timeS ?? 0) > 61);
    expect(statusOf(fleet)).toMatch(
      /^1:\d\d simulated: 3 aircraft, 0 armed, 0 in the air; [1-9]\d* datagrams arrived, 0 lost/,
    );
    fleet.aircraft(1).cutLink(true);
    const { timeS } = fleet;
    await station.until('some more', () => (fleet?.timeS ?? 0) > timeS + 5);
    expect(statusOf(fleet)).toMatch(/ arrived, [1-9]\d* lost/);
  } finally {
    await station.close();
  }
});
