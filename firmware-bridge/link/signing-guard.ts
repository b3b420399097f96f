import type { Frame } from '../codec/framer.ts';
import { RadioStatus } from '../codec/messages.ts';
import { isSignedBy, type SigningKey, signFrame, stampOf, TIMESTAMPS_PER_S } from '../codec/signing.ts';
import type { SigningPolicy } from '../model.ts';
import type { FrameGuard, FrameVerdict, RefusedCounters } from './frame-guard.ts';
import type { OwnTimestamps } from './own-timestamps.ts';

/**
 * Signing on one link.
 *
 *   policy `off` · RADIO_STATUS (a modem has no key) ─────────────────────────► ok
 *   unsigned ──► required: `unsigned` · accepted: ok
 *   signed ──► made by the vehicle's key, else the link's?  no ──► `bad-signature`
 *                │ yes
 *                └──► newer than the last of its stream; the first of a stream at most 60 s old?
 *                       no ──► `replayed`      yes ──► ok
 *
 * A stream is (system, component, the sender's link id); this link's are kept apart from another link's, since the
 * same frame may lawfully come both ways.
 */
export interface SigningGuardOptions {
  readonly policy: SigningPolicy;
  /** 0–255, of our own signatures. */
  readonly signingLinkId: number;
  readonly linkKey: SigningKey | null;
  /** By system id; they come before the link's key. */
  readonly vehicleKeys: ReadonlyMap<number, SigningKey>;
  /** This link is trusted to carry a key in clear. */
  readonly allowKeySetup: boolean;
  readonly timestamps: OwnTimestamps;
}

/** A vehicle is being given another key (null: none). Until it ends, frames of both keys are taken. */
export interface KeyChange {
  /** A frame proved that the vehicle has changed. */
  readonly isSeen: boolean;
  /** `keep`: the new key is the vehicle's from now on; else everything is as before. */
  end(keep: boolean): void;
}

const NEW_STREAM_MAX_AGE = 60 * TIMESTAMPS_PER_S;
/** Only holders of a key can open streams; this bounds what a faulty one costs. */
const MAX_STREAMS = 4_096;
const MAX_ENDPOINTS = 2_000;

interface RunningChange extends KeyChange {
  readonly key: SigningKey | null;
  readonly onSeen: () => void;
  isSeen: boolean;
}

export class SigningGuard implements FrameGuard {
  readonly #options: SigningGuardOptions;
  readonly #vehicleKeys: Map<number, SigningKey>;
  /** Newest timestamp of each stream; the least recently opened one first. */
  readonly #streams = new Map<number, number>();
  /** Keys that made good signatures at an endpoint: what is for everybody there is signed with each. */
  readonly #keysAt = new Map<string, Set<SigningKey>>();
  readonly #changes = new Map<number, RunningChange>();
  #unsigned = 0;
  #badSignature = 0;
  #replayed = 0;

  constructor(options: SigningGuardOptions) {
    this.#options = options;
    this.#vehicleKeys = new Map(options.vehicleKeys);
  }

  get refused(): RefusedCounters {
    return { unsigned: this.#unsigned, badSignature: this.#badSignature, replayed: this.#replayed };
  }

  get policy(): SigningPolicy {
    return this.#options.policy;
  }

  get allowKeySetup(): boolean {
    return this.#options.allowKeySetup;
  }

  /** For SETUP_SIGNING: the vehicle counts on from here. */
  nextTimestamp(): number {
    return this.#options.timestamps.next();
  }

  /** What this system's frames are checked and signed with. */
  keyOf(systemId: number): SigningKey | null {
    return this.#vehicleKeys.get(systemId) ?? this.#options.linkKey;
  }

  judge(frame: Frame, endpoint: string): FrameVerdict {
    const { policy } = this.#options;
    if (policy === 'off' || frame.messageId === RadioStatus.MSG_ID) return 'ok';
    if (!frame.signed) {
      const change = this.#changes.get(frame.systemId);
      if (change?.key === null) this.#see(change);
      if (policy === 'accepted') return 'ok';
      this.#unsigned++;
      return 'unsigned';
    }
    const key = this.#keyThatSigned(frame);
    if (key === null) {
      // Nothing to check it with: where unsigned frames are taken, it is worth as much as one.
      if (policy === 'accepted' && this.keyOf(frame.systemId) === null) return 'ok';
      this.#badSignature++;
      return 'bad-signature';
    }
    this.#remember(key, endpoint);
    if (!this.#advance(frame)) {
      this.#replayed++;
      return 'replayed';
    }
    const change = this.#changes.get(frame.systemId);
    if (change !== undefined && change.key === key) this.#see(change);
    return 'ok';
  }

  seal(raw: Buffer, endpoint: string, targetSystem: number | null): readonly Buffer[] {
    if (this.#options.policy === 'off') return [raw];
    const keys = targetSystem === null ? this.#keysFor(endpoint) : [this.keyOf(targetSystem)];
    return keys.map((key) => (key === null ? raw : this.#sign(raw, key)));
  }

  /** @param onSeen once, when a frame shows that the vehicle has changed */
  beginKeyChange(systemId: number, key: SigningKey | null, onSeen: () => void): KeyChange {
    const change: RunningChange = {
      key,
      onSeen,
      isSeen: false,
      end: (keep) => {
        if (this.#changes.get(systemId) !== change) return;
        this.#changes.delete(systemId);
        if (!keep) return;
        if (key === null) this.#vehicleKeys.delete(systemId);
        else this.#vehicleKeys.set(systemId, key);
      },
    };
    this.#changes.set(systemId, change);
    return change;
  }

  #see(change: RunningChange): void {
    if (change.isSeen) return;
    change.isSeen = true;
    change.onSeen();
  }

  #keyThatSigned(frame: Frame): SigningKey | null {
    const key = this.keyOf(frame.systemId);
    // A new key first: one that equals the old one is seen as new.
    const next = this.#changes.get(frame.systemId)?.key ?? null;
    if (next !== null && isSignedBy(frame, next)) return next;
    return key !== null && isSignedBy(frame, key) ? key : null;
  }

  /** False: this frame, or a later one of its stream, was here before. */
  #advance(frame: Frame): boolean {
    const stamp = stampOf(frame);
    if (stamp === null) return false;
    const { timestamps } = this.#options;
    const stream = (frame.systemId << 16) | (frame.componentId << 8) | stamp.signingLinkId;
    const last = this.#streams.get(stream);
    if (last === undefined) {
      if (stamp.timestamp + NEW_STREAM_MAX_AGE < timestamps.now()) return false;
      const [oldest] = this.#streams.keys();
      if (this.#streams.size >= MAX_STREAMS && oldest !== undefined) this.#streams.delete(oldest);
    } else if (stamp.timestamp <= last) {
      return false;
    }
    this.#streams.set(stream, stamp.timestamp);
    timestamps.heard(stamp.timestamp);
    return true;
  }

  /** Also for a frame that is too old: its sender's clock may stand still until it hears a signed frame of ours. */
  #remember(key: SigningKey, endpoint: string): void {
    const known = this.#keysAt.get(endpoint);
    if (known !== undefined) {
      known.add(key);
      return;
    }
    if (this.#keysAt.size >= MAX_ENDPOINTS) this.#keysAt.clear();
    this.#keysAt.set(endpoint, new Set([key]));
  }

  #keysFor(endpoint: string): readonly (SigningKey | null)[] {
    const { linkKey } = this.#options;
    const heard = this.#keysAt.get(endpoint);
    if (heard === undefined) return [linkKey];
    return linkKey === null || heard.has(linkKey) ? [...heard] : [linkKey, ...heard];
  }

  #sign(raw: Buffer, key: SigningKey): Buffer {
    const { signingLinkId, timestamps } = this.#options;
    return signFrame(raw, key, { signingLinkId, timestamp: timestamps.next() });
  }
}
