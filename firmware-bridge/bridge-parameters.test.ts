import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildMessage, ParamRequestList, ParamValue } from './codec/messages.ts';
import { LinkRig } from './test-support/link-rig.ts';

test('what an aircraft was set to lies beside the recording of its flight', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'airgrid-parameters-'));
  const rig = new LinkRig(['l'], { recordingDir: folder });
  try {
    await rig.bridge.start();
    const peer = rig.addPeer(['l'], 'a:1');
    const receive = peer.receive.bind(peer);
    peer.receive = (bytes) => {
      receive(bytes);
      if (!(peer.received.at(-1) instanceof ParamRequestList)) return;
      for (const [index, [paramId, paramValue]] of [
        ['FS_GCS_ENABLE', 1],
        ['RTL_ALT', 1500],
      ].entries()) {
        peer.send(
          buildMessage(ParamValue, {
            ...{ paramId: String(paramId), paramValue: Number(paramValue) },
            ...{ paramType: 9, paramCount: 2, paramIndex: index },
          }),
        );
      }
    };
    await rig.clock.advance(70_000);
    peer.armed = true;
    await rig.clock.advance(3_000);
  } finally {
    await rig.close();
  }
  const files = readdirSync(folder).sort();
  expect(files.map((name) => name.replace(/^.*?\./, ''))).toEqual(['parameters.json', 'tlog']);
  const snapshot = JSON.parse(readFileSync(join(folder, files[0] as string), 'utf8'));
  const values = snapshot.parameters.map(({ name, value }: { name: string; value: number }) => [name, value]);
  expect(values).toEqual([
    ['FS_GCS_ENABLE', 1],
    ['RTL_ALT', 1500],
  ]);
  rmSync(folder, { recursive: true, force: true });
});
