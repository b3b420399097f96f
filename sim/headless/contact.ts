import { decodeById } from '../../firmware-bridge/codec/decoder.ts';
import { Encoder } from '../../firmware-bridge/codec/encoder.ts';
import { Framer } from '../../firmware-bridge/codec/framer.ts';
import { buildMessage, Heartbeat, type MavLinkData } from '../../firmware-bridge/codec/messages.ts';
import type { GeoPoint } from '../aircraft/local-frame.ts';
import type { Exchange, Outcome } from './exchange.ts';
import { type AutopilotKind, autopilotKindOf, exchangesOf } from './orders.ts';
import type { StationOrder } from './station-script.ts';

/** What one order to one aircraft came to, in the order of their ends. */
export interface OrderOutcome {
  readonly atS: number;
  readonly systemId: number;
  readonly what: string;
  readonly outcome: Outcome;
}

const GCS = { systemId: 255, componentId: 190 } as const;

/** One aircraft as the scripted ground station sees it: one address, one conversation at a time, heartbeats. */
export class Contact {
  readonly #systemId: number;
  readonly #start: GeoPoint;
  readonly #transmit: (bytes: Buffer) => void;
  readonly #ended: (outcome: OrderOutcome) => void;
  readonly #encoder = new Encoder(GCS);
  readonly #framer = new Framer();
  readonly #orders: StationOrder[] = [];
  #exchanges: Exchange[] = [];
  #isTalking = false;
  #kind: AutopilotKind | null = null;
  #nextHeartbeatS = 0;
  #nowS = 0;

  /** @param start where it stands when it is switched on; @param transmit puts bytes on the way to it */
  constructor(
    systemId: number,
    start: GeoPoint,
    transmit: (bytes: Buffer) => void,
    ended: (outcome: OrderOutcome) => void,
  ) {
    this.#systemId = systemId;
    this.#start = start;
    this.#transmit = transmit;
    this.#ended = ended;
  }

  /** Waits for its turn, and for the first heartbeat: before, nobody knows whom one talks to. */
  order(order: StationOrder): void {
    this.#orders.push(order);
  }

  receive(datagram: Buffer): void {
    for (const frame of this.#framer.pushDatagram(datagram)) {
      if (frame.systemId !== this.#systemId || frame.componentId !== 1) continue;
      // Telemetry is counted and logged, not read: nothing here depends on it.
      const isHeartbeat = frame.messageId === 0;
      if (!isHeartbeat && !this.#isTalking) continue;
      const message = decodeById(frame);
      if (message instanceof Heartbeat) this.#kind ??= autopilotKindOf(message.autopilot, message.type);
      else if (message !== null && this.#isTalking) this.#exchanges[0]?.handle(message, this.#nowS);
    }
  }

  step(nowS: number): void {
    this.#nowS = nowS;
    if (nowS >= this.#nextHeartbeatS) {
      this.#nextHeartbeatS = nowS + 1;
      this.#send(buildMessage(Heartbeat, { type: 6, autopilot: 8, systemStatus: 4 }));
    }
    if (this.#kind === null) return;
    if (this.#exchanges.length === 0) {
      const order = this.#orders.shift();
      if (order === undefined) return;
      const host = {
        targetSystem: this.#systemId,
        send: (message: MavLinkData) => this.#send(message),
      };
      this.#exchanges = [...exchangesOf(order, this.#kind, this.#start, host)];
    }
    const [exchange] = this.#exchanges;
    if (exchange === undefined) return;
    if (!this.#isTalking) {
      this.#isTalking = true;
      exchange.start(nowS);
    }
    const outcome = exchange.step(nowS);
    if (outcome === null) return;
    this.#isTalking = false;
    this.#exchanges.shift();
    this.#ended({ atS: nowS, systemId: this.#systemId, what: exchange.what, outcome });
  }

  #send(message: MavLinkData): void {
    this.#transmit(this.#encoder.encode(message));
  }
}
