import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type Airgrid, startAirgrid } from '../../src/compose.ts';
import { loadSettings } from '../../src/config/load-settings.ts';
import { ConsoleClient } from './console-client.ts';
import { FakeBridge } from './fake-bridge.ts';

export interface TestServer {
  readonly airgrid: Airgrid;
  readonly bridge: FakeBridge;
  readonly client: ConsoleClient;
  readonly dataDir: string;
  close(): Promise<void>;
}

/** A whole server on a free port with an empty data folder and a fake bridge behind it. */
export async function startTestServer(flags: Record<string, string> = {}): Promise<TestServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'airgrid-test-'));
  const bridge = new FakeBridge();
  const settings = loadSettings({ env: {}, flags: { 'server.port': '0', 'data.dir': dataDir, ...flags } });
  const airgrid = await startAirgrid({
    settings,
    logger: pino({ level: 'silent' }),
    version: '0.0.0-test',
    passwordCost: 2 ** 10,
    connectBridge: async () => bridge,
  });
  return {
    airgrid,
    bridge,
    dataDir,
    client: new ConsoleClient(airgrid.url),
    close: async () => {
      await airgrid.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** One square cell of `sizeM` metres a side at the sample aircraft's home, as a grid file. */
export function squareGrid(sizeM: number, cellId = 'c1'): string {
  const dLat = sizeM / 111_000;
  const dLon = sizeM / (111_320 * Math.cos((25.28 * Math.PI) / 180));
  const ring = [
    [110.29, 25.281],
    [110.29 + dLon, 25.281],
    [110.29 + dLon, 25.281 + dLat],
    [110.29, 25.281 + dLat],
    [110.29, 25.281],
  ];
  const properties = {
    id: cellId,
    level: 1,
    parent: null,
    name: '测试网格',
    nameEn: 'Test cell',
    responsible: [],
  };
  return JSON.stringify({
    type: 'FeatureCollection',
    features: [{ type: 'Feature', properties, geometry: { type: 'Polygon', coordinates: [ring] } }],
  });
}
