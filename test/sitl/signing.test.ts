import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../firmware-bridge/clock.ts';
import { decode } from '../../firmware-bridge/codec/decoder.ts';
import type { Frame } from '../../firmware-bridge/codec/framer.ts';
import {
  buildMessage,
  CommandAck,
  CommandLong,
  Heartbeat,
  MavCmd,
} from '../../firmware-bridge/codec/messages.ts';
import { Link } from '../../firmware-bridge/link/link.ts';
import { openSigning } from '../../firmware-bridge/link/open-signing.ts';
import type { LinkConfig, LinkId } from '../../firmware-bridge/model.ts';
import { SigningService } from '../../firmware-bridge/service/signing.ts';
import { FakePort } from '../../firmware-bridge/test-support/fake-port.ts';
import { createTransport } from '../../firmware-bridge/transport/create-transport.ts';
import { parseLinkUrl } from '../../firmware-bridge/transport/parse-link-url.ts';
import { freeUdpPort } from '../support/ports.ts';
import { arduCopterPath, type Sitl, startArduCopter } from '../support/sitl.ts';

/** Signing against the real ArduCopter: a key set up over its first port (the cable), used on its second (the radio). */
const path = arduCopterPath();
const INSTANCE = 7;
const SYSTEM_ID = INSTANCE + 1;
const CABLE = 'cable' as LinkId;
const RADIO = 'radio' as LinkId;

let sitl: Sitl | undefined;
const opened: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
  await sitl?.stop();
});

interface Ours {
  readonly links: ReadonlyMap<LinkId, Link>;
  readonly heard: ReadonlyMap<LinkId, Frame[]>;
  readonly service: SigningService;
  close(): Promise<void>;
}

/** Our two links to it, as the bridge would make them. */
async function connect(configs: readonly LinkConfig[], signingStateFile: string): Promise<Ours> {
  const logger = pino({ level: 'warn' });
  const signing = openSigning({ links: configs, signingStateFile }, { clock: systemClock, logger });
  const links = new Map<LinkId, Link>();
  const heard = new Map<LinkId, Frame[]>();
  for (const config of configs) {
    const frames: Frame[] = [];
    heard.set(config.linkId, frames);
    links.set(
      config.linkId,
      new Link({
        config,
        systemId: 245,
        componentId: 190,
        clock: systemClock,
        random: Math.random,
        logger,
        createTransport: () => createTransport(parseLinkUrl(config.url), systemClock),
        guard: signing.guardOf(config.linkId),
        onFrame: (_link, _endpoint, frame) => frames.push(frame),
        onSent: () => {},
        onStatus: () => {},
      }),
    );
  }
  await Promise.all([...links.values()].map((link) => link.start()));
  const beat = buildMessage(Heartbeat, { type: 6, autopilot: 8, systemStatus: 4 });
  const timer = setInterval(() => {
    for (const link of links.values()) for (const endpoint of link.endpoints()) link.send(beat, endpoint);
  }, 1_000);
  const port = Object.assign(new FakePort({ armed: false }), {
    clock: systemClock,
    target: { systemId: SYSTEM_ID, componentId: 1 },
  });
  const service = new SigningService(port, () =>
    configs.map(({ linkId }) => ({
      guard: signing.guardOf(linkId),
      send: (message) => {
        const link = links.get(linkId);
        const [endpoint] = link?.endpoints() ?? [];
        return link !== undefined && endpoint !== undefined && link.send(message, endpoint);
      },
    })),
  );
  return {
    links,
    heard,
    service,
    async close() {
      clearInterval(timer);
      await Promise.all([...links.values()].map((link) => link.close()));
      await signing.close();
    },
  };
}

/** Asks over the radio for AUTOPILOT_VERSION; true when the vehicle acknowledges. */
async function obeys({ links, heard }: Ours, linkId: LinkId): Promise<boolean> {
  const link = links.get(linkId);
  const [endpoint] = link?.endpoints() ?? [];
  if (link === undefined || endpoint === undefined) return false;
  const frames = heard.get(linkId) ?? [];
  frames.length = 0;
  for (let i = 0; i < 3; i++) {
    link.send(
      buildMessage(CommandLong, {
        targetSystem: SYSTEM_ID,
        targetComponent: 1,
        command: MavCmd.REQUEST_MESSAGE,
        _param1: 148,
      }),
      endpoint,
    );
    await new Promise((resolve) => setTimeout(resolve, 700));
    const isAck = (frame: Frame): boolean =>
      frame.messageId === CommandAck.MSG_ID && decode(frame, CommandAck).command === MavCmd.REQUEST_MESSAGE;
    if (frames.some(isAck)) return true;
  }
  return false;
}

describe.skipIf(path === null)('signing with the real ArduCopter', () => {
  it('sets a key up, is obeyed with it and not without, also after a restart, and takes it away', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'airgrid-signing-sitl-'));
    opened.push(() => rmSync(folder, { recursive: true, force: true }));
    const keyFile = join(folder, 'key');
    const otherKeyFile = join(folder, 'other');
    writeFileSync(keyFile, 'c0ffee'.repeat(11).slice(0, 64), { mode: 0o600 });
    writeFileSync(otherKeyFile, 'badbad'.repeat(11).slice(0, 64), { mode: 0o600 });
    const radioPort = await freeUdpPort();
    sitl = await startArduCopter(path ?? '', {
      instance: INSTANCE,
      link: 'tcp',
      speedup: 1,
      secondUdpPort: radioPort,
    });
    const configs = (policy: 'required' | 'accepted', file: string): LinkConfig[] => [
      {
        linkId: CABLE,
        url: `tcp://127.0.0.1:${5760 + 10 * INSTANCE}`,
        signing: { policy: 'accepted', signingLinkId: 1, keyFile: file, allowKeySetup: true },
      },
      {
        linkId: RADIO,
        url: `udp-listen://127.0.0.1:${radioPort}`,
        signing: { policy, signingLinkId: 2, keyFile: file },
      },
    ];
    const state = join(folder, 'timestamps.json');
    const confirm = 'ap-1';

    const ours = await connect(configs('required', keyFile), state);
    opened.push(() => ours.close());
    const radio = (): ReturnType<Link['status']> | undefined => ours.links.get(RADIO)?.status();
    await vi.waitFor(() => expect(ours.heard.get(CABLE)?.length).toBeGreaterThan(0), 60_000);
    await vi.waitFor(() => expect(radio()?.unsigned).toBeGreaterThan(0), 30_000);
    expect(ours.heard.get(RADIO)).toEqual([]);

    expect(await ours.service.setUpKey({ confirm })).toMatchObject({ kind: 'done' });
    await vi.waitFor(() => expect(ours.heard.get(RADIO)?.length).toBeGreaterThan(0), 10_000);
    expect(await obeys(ours, RADIO)).toBe(true);
    expect(radio()).toMatchObject({ badSignature: 0, replayed: 0 });
    await ours.close();

    const stranger = await connect(configs('accepted', otherKeyFile), join(folder, 'other.json'));
    await vi.waitFor(() => expect(stranger.links.get(RADIO)?.endpoints()).toHaveLength(1), 10_000);
    expect(await obeys(stranger, RADIO)).toBe(false);
    expect(stranger.links.get(RADIO)?.status().badSignature).toBeGreaterThan(0);
    await stranger.close();

    const again = await connect(configs('required', keyFile), state);
    opened.push(() => again.close());
    await vi.waitFor(() => expect(again.heard.get(RADIO)?.length).toBeGreaterThan(0), 10_000);
    expect(await obeys(again, RADIO)).toBe(true);
    expect(await again.service.removeKey({ confirm })).toMatchObject({ kind: 'done' });
    const before = again.links.get(RADIO)?.status().unsigned ?? 0;
    await vi.waitFor(() => expect(again.links.get(RADIO)?.status().unsigned).toBeGreaterThan(before), 10_000);
  });
});
