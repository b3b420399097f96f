import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { SitlError } from './sitl-error.ts';

/** UDP on 127.0.0.1 where SITL takes radio-control input: 5501 + 10 · instance; it ends when it cannot have it. */
export const ARDUPILOT_RC_PORT = 5501;
/** TCP where its first serial port listens unless it is told to send by UDP: 5760 + 10 · instance. */
export const ARDUPILOT_TCP_PORT = 5760;

/** Where a standard PX4 sends to its ground station, whatever its instance (px4-rc.mavlink: MAVLink's default port). */
export const PX4_GCS_PORT = 14550;
/** To a companion computer: this + instance (up to 9; beyond, all to 14549). A second MAVLink link of the vehicle. */
export const PX4_OFFBOARD_PORT = 14540;
const PX4_OFFBOARD_PORT_SHARED = 14549;
/** What it sends from: 18570 + instance to the ground station, 14580 + instance to the companion. */
const PX4_OWN_PORTS = [18570, 14580] as const;

export function px4OffboardPort(instance: number): number {
  return instance > 9 ? PX4_OFFBOARD_PORT_SHARED : PX4_OFFBOARD_PORT + instance;
}

export function px4OwnPorts(instance: number): readonly number[] {
  return PX4_OWN_PORTS.map((port) => port + instance);
}

/** Instances of ArduPilot's port scheme: more than a fleet of 255 needs, less than the ephemeral ports. */
const LAST_INSTANCE = 2000;

/**
 * The first `count` instance numbers whose port nobody has, so that a developer's own SITL goes on running beside ours.
 * @throws SitlError `sitl.port-busy` when there are not that many
 */
export async function freeArduPilotInstances(count: number, first = 0): Promise<readonly number[]> {
  const instances: number[] = [];
  for (let instance = first; instance <= LAST_INSTANCE && instances.length < count; instance += 1) {
    if (await isUdpPortFree(ARDUPILOT_RC_PORT + 10 * instance)) instances.push(instance);
  }
  if (instances.length === count) return instances;
  throw new SitlError(
    'sitl.port-busy',
    `Only ${instances.length} of ${count} UDP ports from ${ARDUPILOT_RC_PORT} on (ten apart) are free.`,
    'End other simulations on this machine, or start fewer.',
  );
}

/** @throws SitlError `sitl.port-busy` naming the first port that somebody has */
export async function requireFreeUdpPorts(
  ports: readonly number[],
  what: string,
  remedy: string,
): Promise<void> {
  for (const port of ports) {
    if (await isUdpPortFree(port)) continue;
    throw new SitlError('sitl.port-busy', `UDP port ${port} (${what}) is in use by another program.`, remedy);
  }
}

/** @throws SitlError when somebody holds the UDP port for longer than `withinMs` */
export async function untilUdpPortFree(port: number, withinMs = 60_000): Promise<void> {
  for (const deadlineMs = performance.now() + withinMs; ; ) {
    if (await isUdpPortFree(port)) return;
    if (performance.now() > deadlineMs) {
      throw new SitlError('sitl.port-busy', `UDP port ${port} is in use by another program.`);
    }
    await new Promise((done) => setTimeout(done, 200));
  }
}

export function isUdpPortFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = createSocket('udp4');
    probe.once('error', () => done(false));
    // On all addresses: PX4 binds there, and a program that has it on one address only is in the way as well.
    probe.bind(port, '0.0.0.0', () => probe.close(() => done(true)));
  });
}

export function isTcpPortFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => done(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)));
  });
}
