import { MemoryNetwork, MemoryTransport } from '../../../dist/firmware-bridge/transport/memory.js';

/**
 * A radio between the bridge and one aircraft: each datagram, each way, is lost with a fixed chance, arrives after 15
 * to 80 ms, sometimes as late as a second (so it passes others), sometimes twice; and every two minutes on
 * average nothing passes for 2 to 8 seconds.
 */
const DUPLICATE = 0.05;
const LATE = 0.05;
const LATE_MS = 1_000;
const OUTAGE_EVERY_S = 120;

export class LossyRadio {
  #time;
  #random;
  #loss;
  #outageUntilMs = 0;
  #network = new MemoryNetwork();
  #toAircraft = () => {};

  /** @param {{time: import('./virtual-time.mjs').VirtualTime, random: () => number, loss: number}} options */
  constructor({ time, random, loss }) {
    this.#time = time;
    this.#random = random;
    this.#loss = loss;
    this.#network.addEndpoint('radio', (bytes) => {
      const copy = Buffer.from(bytes);
      this.#carry(() => this.#toAircraft(copy));
    });
    const planOutage = () => {
      time.setTimer(
        () => {
          this.#outageUntilMs = time.nowMs() + 2_000 + 6_000 * random();
          planOutage();
        },
        2_000 * OUTAGE_EVERY_S * random(),
      );
    };
    planOutage();
  }

  transport() {
    return new MemoryTransport(this.#network);
  }

  /** @param {(bytes: Buffer) => void} onBytes */
  connect(onBytes) {
    this.#toAircraft = onBytes;
  }

  /** From the aircraft. @param {Buffer} bytes */
  send(bytes) {
    this.#carry(() => this.#network.emit(bytes, 'radio'));
  }

  #carry(deliver) {
    const random = this.#random;
    if (this.#time.nowMs() < this.#outageUntilMs || random() < this.#loss) return;
    const copies = random() < DUPLICATE ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const lateMs = random() < LATE ? random() * LATE_MS : 0;
      this.#time.setTimer(deliver, 15 + 65 * random() + lateMs);
    }
  }
}
