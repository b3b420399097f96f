import { DIRECT_CALLS, type DirectCall, type VehicleApi } from '../api.ts';
import { BridgeError } from '../bridge-error.ts';
import { every } from '../clock.ts';
import type { Bridge, Clock, VehicleId } from '../model.ts';
import type { FromBridge, PlainError, ToBridge } from './messages.ts';
import { DeltaEncoder } from './snapshot-delta.ts';

/**
 * The bridge's side of the thread border. Neither a result nor an event is posted before the state that it speaks
 * of: who asks for `vehicle()` after `hold()` was done sees the new mode.
 */
const LINKS_EVERY_MS = 1_000;

export interface ServedBridge extends Bridge {
  readonly vehicleApi: VehicleApi;
  /** Tells every change that is still held back, or those of one vehicle. */
  flush(vehicleId?: VehicleId): void;
}

export interface Port {
  postMessage(message: FromBridge): void;
  on(event: 'message', listener: (message: ToBridge) => void): unknown;
}

export function serveBridge(
  bridge: ServedBridge,
  port: Port,
  clock: Clock,
  onClosed: () => void = () => {},
): void {
  const encoder = new DeltaEncoder();
  bridge.subscribe((event) => {
    if (event.kind !== 'vehicles') {
      const isOfOne = 'vehicleId' in event && event.kind !== 'vehicle-replaced';
      bridge.flush(isOfOne ? event.vehicleId : undefined);
      if (event.kind === 'vehicle-replaced') encoder.forget(event.vehicleId);
      port.postMessage({ kind: 'event', event });
      return;
    }
    const deltas = event.states.map((state) => encoder.encode(state)).filter((delta) => delta !== null);
    if (deltas.length > 0) port.postMessage({ kind: 'deltas', deltas });
  });
  const timer = every(clock, LINKS_EVERY_MS, () =>
    port.postMessage({
      kind: 'links',
      links: bridge.links(),
      forwards: bridge.forwards(),
      health: bridge.health(),
    }),
  );
  port.on('message', (message) => {
    if (message.kind === 'call') void answer(bridge, port, message);
    else {
      timer.cancel();
      void bridge.close().finally(() => {
        port.postMessage({ kind: 'closed' });
        onClosed();
      });
    }
  });
  port.postMessage({ kind: 'ready', links: bridge.links() });
}

/** Settles always; an error of the call goes back to the caller. */
async function answer(
  bridge: ServedBridge,
  port: Port,
  call: Extract<ToBridge, { kind: 'call' }>,
): Promise<void> {
  const { callId } = call;
  try {
    const args = [...call.args];
    for (const position of call.callbacks) {
      args[position] = (...values: unknown[]) =>
        port.postMessage({ kind: 'callback', callId, position, args: values });
    }
    const value: unknown = await method(bridge, call.path)(...args);
    bridge.flush();
    port.postMessage({ kind: 'result', callId, value });
  } catch (error) {
    port.postMessage({ kind: 'error', callId, error: plainError(error) });
  }
}

function method(bridge: ServedBridge, path: string): (...args: unknown[]) => unknown {
  const [name = '', member] = path.split('.');
  if (member === undefined) {
    if (!DIRECT_CALLS.includes(name as DirectCall)) throw new Error(`the bridge has no ${path}`);
    return (...args) => (bridge[name as DirectCall] as (...a: unknown[]) => unknown).apply(bridge, args);
  }
  const groups = bridge.vehicleApi as unknown as Record<string, Record<string, unknown>>;
  const group = Object.hasOwn(groups, name) ? groups[name] : undefined;
  const called = group !== undefined && Object.hasOwn(group, member) ? group[member] : undefined;
  if (typeof called !== 'function') throw new Error(`the bridge has no ${path}`);
  return called as (...args: unknown[]) => unknown;
}

export function plainError(error: unknown): PlainError {
  const isBridgeError = error instanceof BridgeError;
  return {
    code: isBridgeError ? error.code : null,
    message: error instanceof Error ? error.message : String(error),
    details: isBridgeError ? error.details : {},
    stack: error instanceof Error ? (error.stack ?? null) : null,
  };
}

export function errorFrom(plain: PlainError): Error {
  if (plain.code !== null) return new BridgeError(plain.code, plain.message, plain.details);
  const error = new Error(plain.message);
  if (plain.stack !== null) error.stack = plain.stack;
  return error;
}
