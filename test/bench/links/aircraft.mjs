import { decodeById } from '../../../dist/firmware-bridge/codec/decoder.js';
import { Encoder } from '../../../dist/firmware-bridge/codec/encoder.js';
import { Framer } from '../../../dist/firmware-bridge/codec/framer.js';
import {
  AutopilotVersion,
  buildMessage,
  CommandLong,
  GlobalPositionInt,
  Heartbeat,
  MissionCurrent,
  StatusText,
} from '../../../dist/firmware-bridge/codec/messages.js';
import { Autopilot } from '../../../dist/sim/ardupilot/autopilot.js';
import { MissionServer } from '../../../dist/sim/ardupilot/mission-server.js';
import { DEFAULT_MISSION_CAPACITY, MissionStore } from '../../../dist/sim/ardupilot/mission-store.js';
import { Px4MissionServer } from '../../../dist/sim/px4/px4-mission-server.js';

/** The far ends of the benchmark: the simulator's mission servers and its whole aircraft, on a virtual clock. */
const HOME = { lat: 252_809_000, lon: 1_102_900_000, alt: 150_000 };
const TICK_MS = 50;
const STEP_S = 0.04;
const LIFTED_OFF_M = 0.7;
const TAKEOFF = 22;
const ACCEPTED = 0;

/** A mission server with a heartbeat and a position, and nothing that flies. */
function grounded({ time, radio, autopilot, createServer }) {
  const encoder = new Encoder({ systemId: 1, componentId: 1 });
  const framer = new Framer();
  const send = (message) => radio.send(Buffer.from(encoder.encode(message)));
  const text = (severity, words) => send(buildMessage(StatusText, { severity, text: words }));
  const server = createServer({ send, text });
  let bootMs = 60_000;
  let ticks = 0;
  radio.connect((bytes) => {
    for (const frame of framer.pushDatagram(bytes)) {
      const message = decodeById(frame);
      if (message instanceof CommandLong && message._param1 === AutopilotVersion.MSG_ID) send(version());
      else if (message !== null) server.handle(message, frame, time.nowMs());
    }
  });
  const tick = () => {
    time.setTimer(tick, TICK_MS);
    bootMs += TICK_MS;
    server.tick(time.nowMs());
    if (ticks % 5 === 0) {
      const { lat, lon, alt } = HOME;
      send(buildMessage(GlobalPositionInt, { timeBootMs: bootMs, lat, lon, alt }));
    }
    if (ticks % 20 === 0) {
      send(buildMessage(Heartbeat, { type: 2, autopilot, systemStatus: 3, mavlinkVersion: 3 }));
      send(server.missionCurrent());
    }
    ticks++;
  };
  tick();
  return { stored: () => server.stored() };
}

export function ardupilotLike({ time, radio }) {
  return grounded({
    time,
    radio,
    autopilot: 3,
    createServer: ({ send, text }) => {
      const store = new MissionStore(DEFAULT_MISSION_CAPACITY);
      const zero = { param1: 0, param2: 0, param3: 0, param4: 0 };
      store.setHome({ frame: 0, command: 16, ...zero, x: HOME.lat, y: HOME.lon, z: HOME.alt / 1000 });
      const server = new MissionServer({
        store,
        dialect: 'copter',
        isReady: () => true,
        isRunning: () => false,
        currentSeq: () => 0,
        send: (_to, message) => send(message),
        text,
        onChanged: () => {},
        setCurrent: () => true,
        broadcast: () => {},
      });
      return {
        handle: (message, { systemId, componentId }, nowMs) =>
          server.handle(message, { systemId, componentId, channelId: 1 }, nowMs),
        tick: (nowMs) => server.tick(nowMs),
        missionCurrent: () =>
          buildMessage(MissionCurrent, { total: Math.max(0, store.list(0).length - 1), missionState: 2 }),
        stored: () => store.list(0).slice(1),
      };
    },
  });
}

export function px4Like({ time, radio }) {
  return grounded({
    time,
    radio,
    autopilot: 12,
    createServer: ({ send, text }) => {
      const server = new Px4MissionServer({ send, text });
      return {
        handle: (message, { systemId, componentId }, nowMs) =>
          server.handle(message, { systemId, componentId }, nowMs),
        tick: (nowMs) => server.tick(nowMs),
        missionCurrent: () => server.missionCurrent(),
        stored: () => server.list(0),
      };
    },
  });
}

/**
 * The whole simulated ArduPilot aircraft, which can be armed and flown. Returns what commands really did to it: arming
 * what is armed, or a take-off that the network doubled before anything moved, changes nothing.
 */
export function flyingAircraft({ time, radio, seed }) {
  const autopilot = new Autopilot({
    systemId: 1,
    start: { lonDeg: 110.29, latDeg: 25.2809, altitudeAmslM: 150 },
    seed,
    startupS: 1,
    wind: { eastMps: 0, northMps: 0, gustMps: 0 },
    uid2: new Array(18).fill(1),
    bootEpochMs: 1_800_000_000_000,
    missionCapacity: DEFAULT_MISSION_CAPACITY,
  });
  const channel = autopilot.openChannel((bytes) => radio.send(Buffer.from(bytes)));
  const framer = new Framer();
  radio.connect((bytes) => {
    for (const frame of framer.pushDatagram(bytes)) {
      const message = decodeById(frame);
      if (message !== null)
        autopilot.handle(message, frame.systemId, frame.componentId, channel, time.nowMs());
    }
    autopilot.flush();
  });
  const effects = { armings: 0, liftOffs: 0, takeoffsInTheAir: 0 };
  let wasArmed = false;
  let wasUp = false;
  let seen = 0;
  const watch = () => {
    const { armed, heightAboveHomeM } = autopilot.flight;
    const isUp = heightAboveHomeM > LIFTED_OFF_M;
    if (armed && !wasArmed) effects.armings++;
    if (isUp && !wasUp) effects.liftOffs++;
    for (const { command, result } of autopilot.commands.slice(seen)) {
      if (command === TAKEOFF && result === ACCEPTED && wasUp) effects.takeoffsInTheAir++;
    }
    seen = autopilot.commands.length;
    wasArmed = armed;
    wasUp = isUp;
  };
  const step = () => {
    time.setTimer(step, STEP_S * 1000);
    autopilot.step(STEP_S);
    autopilot.tickProtocol(time.nowMs());
    autopilot.flush();
    watch();
  };
  step();
  return effects;
}

/** AUTOPILOT_VERSION of an aircraft with all kinds of lists: mission_int, v2, fence, rally. */
function version() {
  return buildMessage(AutopilotVersion, {
    capabilities: BigInt(4 | 8192 | 16384 | 32768),
    uid2: [1, 2, 3, 4, 5, 6, 7, 8, 9, ...new Array(9).fill(0)],
    flightCustomVersion: new Array(8).fill(0),
    middlewareCustomVersion: new Array(8).fill(0),
    osCustomVersion: new Array(8).fill(0),
  });
}
