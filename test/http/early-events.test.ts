import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { VehicleId } from '../../firmware-bridge/model.ts';
import { startAirgrid } from '../../src/compose.ts';
import { loadSettings } from '../../src/config/load-settings.ts';
import type { FlightList } from '../../src/contract/index.ts';
import { ConsoleClient } from '../support/console-client.ts';
import { FakeBridge } from '../support/fake-bridge.ts';

/**
 * Found by the scenario server-killed: a server that was started again while drones flew had recordings on its disk
 * that its record did not know of. Links are open before the web server is built, and what they told until then was
 * told to nobody.
 */
it('what the links tell while the server still starts is in the record', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'airgrid-test-'));
  const bridge = new FakeBridge();
  const vehicleId = 'ap-1' as VehicleId;
  const recording = { vehicleId, recordingId: 'r-1', path: '/flights/r-1.tlog' };
  const airgrid = await startAirgrid({
    settings: loadSettings({ env: {}, flags: { 'server.port': '0', 'data.dir': dataDir } }),
    logger: pino({ level: 'silent' }),
    version: '0.0.0-test',
    connectBridge: async () => {
      // The first datagram arrives as soon as the socket is open.
      setImmediate(() => {
        bridge.emit({ kind: 'armed', vehicleId, atMs: 1_800_000_000_000 });
        bridge.emit({ kind: 'recording-started', ...recording, atMs: 1_800_000_000_000 });
      });
      return bridge;
    },
  });
  try {
    const ended = { frames: 7, bytes: 700, atMs: 1_800_000_003_000, reason: 'disarmed' } as const;
    bridge.emit({ kind: 'disarmed', vehicleId, atMs: 1_800_000_001_000 });
    bridge.emit({ kind: 'recording-closed', ...recording, ...ended });
    const client = new ConsoleClient(airgrid.url);
    await airgrid.accounts.putAccount('op', 'Operator', 'a long password', ['operator']);
    await client.signIn('op', 'a long password');
    const { body } = await client.call<FlightList>('GET', '/api/v1/flights');
    expect(body.flights).toMatchObject([{ vehicleId, state: 'closed', tlog: { frames: 7, bytes: 700 } }]);
  } finally {
    await airgrid.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
