import type { Logger } from 'pino';
import { BridgeError } from '../bridge-error.ts';
import type { Frame } from '../codec/framer.ts';
import type { BridgeConfig, Clock, ForwardConfig, ForwardStatus, LinkId } from '../model.ts';
import { parseLinkUrl } from '../transport/parse-link-url.ts';
import type { Transport } from '../transport/transport.ts';
import { Forward, type Forwarded } from './forward.ts';
import { HeardSystems } from './heard-systems.ts';
import type { Link } from './link.ts';

/** All forwards of a bridge. Without any, its methods do nothing. */
export interface Forwards {
  /** Every frame that a link delivers. */
  onFrame(link: Link, endpoint: string, frame: Frame, atMs: number): void;
  /** Every frame that a link sent (`LinkOptions.onSent`). */
  onSent(link: Link, raw: Buffer, messageId: number, targetSystem: number | null): void;
  statuses(): readonly ForwardStatus[];
  start(): Promise<void>;
  close(): Promise<void>;
}

export interface ForwardsParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly createTransport: (url: string) => Transport;
  readonly onForwarded: (forwarded: Forwarded) => void;
}

/** @throws BridgeError `config.forward`, `config.link-url` */
export function openForwards(
  config: Pick<BridgeConfig, 'forwards' | 'links' | 'systemId'>,
  parts: ForwardsParts,
): Forwards {
  const configs = config.forwards ?? [];
  check(configs, new Set(config.links.map((link) => link.linkId)));
  const heard = new HeardSystems();
  const forwards = configs.map(
    (forward) =>
      new Forward({
        config: forward,
        ourSystemId: config.systemId,
        heard,
        clock: parts.clock,
        random: parts.random,
        logger: parts.logger,
        createTransport: () => parts.createTransport(forward.url),
        onForwarded: parts.onForwarded,
      }),
  );
  return {
    onFrame(link, endpoint, frame, atMs) {
      if (forwards.length === 0) return;
      heard.note(link, endpoint, frame, atMs);
      for (const forward of forwards) forward.onFrame(link.linkId, frame);
    },
    onSent(link, raw, messageId, targetSystem) {
      for (const forward of forwards) forward.onSent(link.linkId, raw, messageId, targetSystem);
    },
    statuses: () => forwards.map((forward) => forward.status()),
    start: async () => {
      await Promise.all(forwards.map((forward) => forward.start()));
    },
    close: async () => {
      await Promise.all(forwards.map((forward) => forward.close()));
    },
  };
}

function check(configs: readonly ForwardConfig[], linkIds: ReadonlySet<LinkId>): void {
  const seen = new Set<string>();
  for (const { forwardId, url, links = [] } of configs) {
    const refuse = (why: string): BridgeError =>
      new BridgeError('config.forward', `The forward "${forwardId}" cannot be used: ${why}.`, { forwardId });
    if (seen.has(forwardId)) throw refuse('another one has the same id');
    seen.add(forwardId);
    if (parseLinkUrl(url).kind !== 'udp') throw refuse('it goes to udp://host:port only');
    for (const link of links) {
      if (!linkIds.has(link.linkId)) throw refuse(`there is no link "${link.linkId}"`);
      const messageIds = [...(link.allowMessageIds ?? []), ...(link.denyMessageIds ?? [])];
      const systemIds = [...(link.allowSystemIds ?? []), ...(link.denySystemIds ?? [])];
      const bad =
        messageIds.find((id) => !(Number.isInteger(id) && id >= 0 && id < 2 ** 24)) ??
        systemIds.find((id) => !(Number.isInteger(id) && id >= 1 && id <= 255));
      if (bad !== undefined) throw refuse(`${bad} is no message id (0–16777215) or system id (1–255)`);
    }
  }
}
