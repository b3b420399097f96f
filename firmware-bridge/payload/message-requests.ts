import { CommandAck, MavCmd } from '../codec/messages.ts';
import { type RunningProtocol, runProtocol } from '../protocol/run-protocol.ts';
import type { VehiclePort } from '../service/vehicle-port.ts';
import {
  type MessageRequest,
  messageRequestMachine,
  type RequestInput,
  type RequestOutcome,
} from './message-request.ts';

/**
 * Requests for messages, one at a time per component: their acknowledgements name nothing but command 512.
 * A request that is waiting or running already is not made twice; its answer is everybody's.
 */
interface Waiting {
  readonly key: string;
  readonly request: MessageRequest;
  readonly settle: (outcome: RequestOutcome) => void;
  readonly result: Promise<RequestOutcome>;
}

interface Running extends Waiting {
  readonly protocol: RunningProtocol<RequestInput, RequestOutcome>;
}

/** A component that loses images by the hundred must not fill our memory. */
const MAX_WAITING = 64;

export class MessageRequests {
  readonly #port: VehiclePort;
  readonly #running = new Map<number, Running>();
  readonly #waiting = new Map<number, Waiting[]>();
  readonly #stop: () => void;

  constructor(port: VehiclePort) {
    this.#port = port;
    this.#stop = port.on(CommandAck, ({ command, result }, { componentId }) => {
      if (command === MavCmd.REQUEST_MESSAGE) {
        this.#running.get(componentId)?.protocol.input({ kind: 'ack', result });
      }
    });
  }

  /** `urgent`: before what waits (not before what runs). Never throws; `no-answer` when the queue is full. */
  ask(request: MessageRequest, urgent = false): Promise<RequestOutcome> {
    const { componentId } = request;
    const key = `${request.messageId} ${request.index}`;
    const queue = this.#waiting.get(componentId) ?? [];
    const running = this.#running.get(componentId);
    const same = running?.key === key ? running : queue.find((waiting) => waiting.key === key);
    if (same !== undefined) return same.result;
    if (queue.length >= MAX_WAITING) return Promise.resolve('no-answer');
    let settle: (outcome: RequestOutcome) => void = () => {};
    const result = new Promise<RequestOutcome>((resolve) => {
      settle = resolve;
    });
    if (urgent) queue.unshift({ key, request, settle, result });
    else queue.push({ key, request, settle, result });
    this.#waiting.set(componentId, queue);
    this.#next(componentId);
    return result;
  }

  /** That message came from that component. `index`: its stream, storage or image; null: whichever was asked. */
  received(componentId: number, messageId: number, index: number | null = null): void {
    const running = this.#running.get(componentId);
    if (running === undefined || running.request.messageId !== messageId) return;
    const asked = running.request.index;
    // All were asked for: the first that comes is the answer.
    if (index === null || asked === null || asked === index) running.protocol.input({ kind: 'message' });
  }

  isBusy(componentId: number): boolean {
    return this.#running.has(componentId);
  }

  cancelAll(by: string): void {
    for (const queue of this.#waiting.values()) {
      for (const waiting of queue.splice(0)) waiting.settle('cancelled');
    }
    for (const running of [...this.#running.values()]) running.protocol.cancel(by);
  }

  close(by: string): void {
    this.#stop();
    this.cancelAll(by);
  }

  #next(componentId: number): void {
    if (this.#running.has(componentId)) return;
    const waiting = this.#waiting.get(componentId)?.shift();
    if (waiting === undefined) return;
    const protocol = runProtocol(messageRequestMachine(this.#port.target, waiting.request), {
      clock: this.#port.clock,
      send: (message) => {
        this.#port.send(message);
      },
    });
    this.#running.set(componentId, { ...waiting, protocol });
    protocol.start();
    protocol.result
      .catch((error: unknown): RequestOutcome => {
        this.#port.logger.error({ err: error, vehicleId: this.#port.vehicleId }, 'A message request broke');
        return 'no-answer';
      })
      .then((outcome) => {
        this.#running.delete(componentId);
        waiting.settle(outcome);
        this.#next(componentId);
      })
      .catch((error: unknown) => this.#port.logger.error({ err: error }, 'A message request broke'));
  }
}
