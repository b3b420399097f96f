import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { decodeById } from '../../firmware-bridge/codec/decoder.ts';
import { Encoder } from '../../firmware-bridge/codec/encoder.ts';
import { Framer } from '../../firmware-bridge/codec/framer.ts';
import {
  AutopilotVersion,
  buildMessage,
  CommandLong,
  EkfStatusReport,
  GpsRawInt,
  HomePosition,
  MavCmd,
  SysStatus,
} from '../../firmware-bridge/codec/messages.ts';
import { describeStage, NOTHING_HEARD, type Readiness, readyStage, reduceReadiness } from './readiness.ts';
import { SitlError } from './sitl-error.ts';

/** What is known of one vehicle on its second port. */
export interface Watched {
  readonly systemId: number;
  readonly readiness: Readiness;
  /** `4.7.0`; null until it told. */
  readonly firmwareVersion: string | null;
  /** From the start of the watch until it was ready first; null when it has not been. */
  readonly readyAfterMs: number | null;
}

export interface ReadinessWatch {
  /** The ports that it listens on, in the order asked for. */
  readonly ports: readonly number[];
  vehicles(): readonly Watched[];
  /**
   * Resolves when every vehicle has been ready.
   * @throws SitlError `sitl.not-ready` after `withinMs`, telling what each is waiting for
   */
  allReady(withinMs: number): Promise<readonly Watched[]>;
  /** Idempotent. Waiting work is rejected. */
  close(): Promise<void>;
}

export interface WatchOptions {
  readonly systemIds: readonly number[];
  /** UDP ports on 127.0.0.1 that the vehicles send to; 0 takes a free one. */
  readonly ports: readonly number[];
  /** Each change of what a vehicle is waiting for, in words. */
  readonly onChange: (vehicle: Watched, text: string) => void;
}

/** Not the server's id, and no heartbeats: an autopilot's failsafe must not take us for its ground station. */
const OUR_SYSTEM_ID = 254;
const ASK_EVERY_MS = 2000;
const ASKED_RATE_US = 500_000;
const ASKED = [SysStatus.MSG_ID, GpsRawInt.MSG_ID, EkfStatusReport.MSG_ID, HomePosition.MSG_ID];
const AUTOPILOT_COMPONENT = 1;

interface Member {
  state: Watched;
  text: string;
  /** Where it was heard last. */
  answerTo: { readonly socket: Socket; readonly remote: RemoteInfo } | null;
}

/**
 * Listens to each vehicle's second MAVLink port, so that the first is the server's alone, and asks for the messages that
 * tell whether it can fly. @throws SitlError `sitl.port-busy`
 */
export async function watchReadiness(options: WatchOptions): Promise<ReadinessWatch> {
  const startedMs = performance.now();
  const encoder = new Encoder({ systemId: OUR_SYSTEM_ID, componentId: 190 });
  const members = new Map<number, Member>(
    options.systemIds.map((systemId) => [
      systemId,
      {
        state: { systemId, readiness: NOTHING_HEARD, firmwareVersion: null, readyAfterMs: null },
        text: '',
        answerTo: null,
      },
    ]),
  );
  const waiting = new Set<(end: 'look' | 'closed') => void>();
  const framer = new Framer();

  const take = (socket: Socket, bytes: Buffer, remote: RemoteInfo): void => {
    for (const frame of framer.pushDatagram(bytes)) {
      const member = members.get(frame.systemId);
      if (member === undefined || frame.componentId !== AUTOPILOT_COMPONENT) continue;
      const message = decodeById(frame);
      if (message === null) continue;
      const isFirst = member.answerTo === null;
      member.answerTo = { socket, remote };
      if (isFirst) ask(member);
      if (message instanceof AutopilotVersion) {
        member.state = { ...member.state, firmwareVersion: versionText(message.flightSwVersion) };
        continue;
      }
      const readiness = reduceReadiness(member.state.readiness, message);
      if (readiness !== member.state.readiness) advance(member, readiness);
    }
  };
  const advance = (member: Member, readiness: Readiness): void => {
    const isReady = readyStage(readiness) === 'ready';
    const readyAfterMs = member.state.readyAfterMs ?? (isReady ? performance.now() - startedMs : null);
    const wasReady = member.state.readyAfterMs !== null;
    member.state = { ...member.state, readiness, readyAfterMs };
    const text = describeStage(readiness);
    // Once it has been ready, what it says is the server's affair: in flight there is always something unhealthy.
    if (wasReady || text === member.text) return;
    member.text = text;
    options.onChange(member.state, text);
    if (isReady) for (const look of [...waiting]) look('look');
  };
  const ask = ({ answerTo, state }: Member): void => {
    if (answerTo === null) return;
    const send = (command: number, param1: number, param2: number): void => {
      const bytes = encoder.encode(
        buildMessage(CommandLong, {
          targetSystem: state.systemId,
          targetComponent: AUTOPILOT_COMPONENT,
          command,
          _param1: param1,
          _param2: param2,
        }),
      );
      answerTo.socket.send(bytes, answerTo.remote.port, answerTo.remote.address);
    };
    if (state.readyAfterMs === null) {
      for (const id of ASKED) send(MavCmd.SET_MESSAGE_INTERVAL, id, ASKED_RATE_US);
    }
    if (state.firmwareVersion === null) send(MavCmd.REQUEST_MESSAGE, AutopilotVersion.MSG_ID, 0);
  };

  const sockets: Socket[] = [];
  try {
    for (const port of new Set(options.ports)) sockets.push(await bind(port, take));
  } catch (problem) {
    for (const socket of sockets) socket.close();
    throw problem;
  }
  const timer = setInterval(() => {
    for (const member of members.values()) ask(member);
  }, ASK_EVERY_MS);
  const vehicles = (): readonly Watched[] => [...members.values()].map(({ state }) => state);

  let closed: Promise<void> | null = null;
  return {
    ports: sockets.map((socket) => socket.address().port),
    vehicles,
    allReady: (withinMs) =>
      new Promise((resolve, reject) => {
        const settle = (act: () => void): void => {
          waiting.delete(look);
          clearTimeout(deadline);
          act();
        };
        const look = (why: 'look' | 'closed'): void => {
          if (why === 'closed') {
            settle(() =>
              reject(new SitlError('sitl.not-ready', 'The launcher was closed before they were ready.')),
            );
          } else if (vehicles().every(({ readyAfterMs }) => readyAfterMs !== null))
            settle(() => resolve(vehicles()));
        };
        const deadline = setTimeout(() => settle(() => reject(notReady(vehicles(), withinMs))), withinMs);
        waiting.add(look);
        look('look');
      }),
    close() {
      closed ??= (async () => {
        clearInterval(timer);
        for (const look of [...waiting]) look('closed');
        await Promise.all(sockets.map((socket) => new Promise<void>((done) => socket.close(() => done()))));
      })();
      return closed;
    },
  };
}

function notReady(vehicles: readonly Watched[], withinMs: number): SitlError {
  const late = vehicles.filter(({ readyAfterMs }) => readyAfterMs === null);
  return new SitlError(
    'sitl.not-ready',
    `${late.length} of ${vehicles.length} cannot fly after ${Math.round(withinMs / 1000)} s.`,
    late.map(({ systemId, readiness }) => `system ${systemId}: ${describeStage(readiness)}`).join('\n'),
  );
}

function bind(
  port: number,
  take: (socket: Socket, bytes: Buffer, remote: RemoteInfo) => void,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', (cause) =>
      reject(
        new SitlError(
          'sitl.port-busy',
          `UDP port ${port}, on which the launcher listens to the vehicles, is in use by another program.`,
          'End it (MAVSDK and other companion programs use 14540 and following) and start again.',
          cause,
        ),
      ),
    );
    socket.bind(port, '127.0.0.1', () => {
      socket.removeAllListeners('error');
      // A vehicle that has ended answers with ICMP: the socket stays, the others go on.
      socket.on('error', () => {});
      socket.on('message', (bytes, remote) => take(socket, bytes, remote));
      resolve(socket);
    });
  });
}

/** FIRMWARE_VERSION_TYPE is left out: it says "dev" of every build from source. */
function versionText(flightSwVersion: number): string | null {
  if (flightSwVersion === 0) return null;
  return [24, 16, 8].map((shift) => (flightSwVersion >>> shift) & 0xff).join('.');
}
