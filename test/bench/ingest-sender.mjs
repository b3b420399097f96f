// A fleet that only talks: N vehicles × M frames/s from a socket each, answering who they are. Child of ingest.mjs.
// Timestamp, sequence and checksum are patched in place, so that the sender costs little beside what it measures.
import { createSocket } from 'node:dgram';
import { checksum, crcExtraOf } from '../../dist/firmware-bridge/codec/checksum.js';
import { decode } from '../../dist/firmware-bridge/codec/decoder.js';
import { Encoder } from '../../dist/firmware-bridge/codec/encoder.js';
import { Framer } from '../../dist/firmware-bridge/codec/framer.js';
import * as m from '../../dist/firmware-bridge/codec/messages.js';

const { vehicles, rate, seconds, ports, perLink } = JSON.parse(process.argv[2]);
const startedAtMs = performance.now();
const PLACES = { lat: 252_809_000, lon: 1_102_900_000 };

/** What a vehicle repeats, in the mix of a watched one: half position and attitude, the rest slow. */
function messagesOf(n) {
  const position = m.buildMessage(m.GlobalPositionInt, {
    ...{
      timeBootMs: 1,
      lat: PLACES.lat + n * 1000,
      lon: PLACES.lon + n * 1000,
      alt: 180_000,
      relativeAlt: 30_000,
    },
    ...{ vx: 500, vy: 300, vz: 10, hdg: 9_000 },
  });
  const attitude = m.buildMessage(m.Attitude, {
    timeBootMs: 1,
    roll: 0.01,
    pitch: 0.02,
    yaw: 1.5,
    yawspeed: 0.1,
  });
  const slow = [
    m.buildMessage(m.SysStatus, { voltageBattery: 24_000, currentBattery: 1_200, batteryRemaining: 80 }),
    m.buildMessage(m.EkfStatusReport, { velocityVariance: 0.1, flags: 0x1f }),
    m.buildMessage(m.MissionCurrent, { seq: 3, total: 12, missionState: 3 }),
    m.buildMessage(m.ExtendedSysState, { landedState: 2 }),
    m.buildMessage(m.GpsRawInt, { fixType: 3, satellitesVisible: 14, eph: 80 }),
    m.buildMessage(m.BatteryStatus, {
      voltages: [4_000, 4_000, 4_000, 4_000, 4_000, 4_000, 65535, 65535, 65535, 65535],
    }),
    m.buildMessage(m.VfrHud, { airspeed: 6, groundspeed: 6, alt: 180, throttle: 40 }),
    m.buildMessage(m.RcChannels, { chancount: 16, rssi: 200 }),
    m.buildMessage(m.Wind, { direction: 90, speed: 4 }),
    m.buildMessage(m.SystemTime, { timeUnixUsec: 1n, timeBootMs: 1 }),
  ];
  const heartbeat = m.buildMessage(m.Heartbeat, {
    type: 2,
    autopilot: 3,
    baseMode: 0xd1,
    customMode: 3,
    systemStatus: 4,
  });
  const cycle = [heartbeat];
  for (let i = 1; i < rate; i++)
    cycle.push(i % 4 === 0 ? slow[(i / 4) % slow.length] : i % 2 ? position : attitude);
  return cycle;
}

let sent = 0;
const fleet = [];
for (let n = 0; n < vehicles; n++) {
  const systemId = (n % perLink) + 1;
  const encoder = new Encoder({ systemId, componentId: 1 });
  const frames = messagesOf(n).map((message) => Buffer.from(encoder.encode(message)));
  const socket = createSocket('udp4');
  const vehicle = { systemId, frames, socket, sequence: 0, next: (n * 7) % rate, answers: [] };
  const framer = new Framer();
  socket.on('message', (bytes) => {
    for (const frame of framer.pushDatagram(bytes)) {
      if (frame.messageId === 20) {
        // Any parameter it is asked for, it has.
        const { paramId } = decode(frame, m.ParamRequestRead);
        const value = m.buildMessage(m.ParamValue, {
          paramId,
          paramValue: 1,
          paramType: 9,
          paramCount: 1000,
        });
        vehicle.answers.push(Buffer.from(encoder.encode(value)));
      }
      if (frame.messageId !== 76) continue;
      const payload = frame.payload;
      const command = payload.length >= 30 ? payload.readUInt16LE(28) : 0;
      if (command === 512 && payload.readFloatLE(0) === 148) {
        vehicle.answers.push(
          Buffer.from(
            encoder.encode(
              m.buildMessage(m.AutopilotVersion, {
                capabilities: 0xf3ffn,
                flightSwVersion: 0x04070000,
                uid2: Array.from({ length: 18 }, (_, i) =>
                  i === 0 ? n & 255 : i === 1 ? n >> 8 : i < 12 ? 7 : 0,
                ),
              }),
            ),
          ),
        );
      }
    }
  });
  await new Promise((resolve) => socket.connect(ports[Math.floor(n / perLink)], '127.0.0.1', resolve));
  fleet.push(vehicle);
}

function stamp(frame, bootMs) {
  const id = frame[7] | (frame[8] << 8) | (frame[9] << 16);
  if (id === 30 || id === 33) frame.writeUInt32LE(bootMs, 10);
  else if (id === 2 && frame[1] >= 12) frame.writeUInt32LE(bootMs, 18);
}

function transmit(vehicle, frame, bootMs) {
  stamp(frame, bootMs);
  frame[4] = vehicle.sequence;
  vehicle.sequence = (vehicle.sequence + 1) & 0xff;
  const end = 10 + frame[1];
  frame.writeUInt16LE(checksum(frame, 1, end, crcExtraOf(frame[7] | (frame[8] << 8))), end);
  // The socket may hold the buffer for a moment after send() has returned.
  vehicle.socket.send(Buffer.from(frame));
  sent++;
}

process.send({ kind: 'ready' });
await new Promise((resolve) => process.once('message', resolve));
const beginMs = performance.now();
let due = 0;
let index = 0;
const tick = setInterval(() => {
  const nowMs = performance.now();
  const elapsedS = (nowMs - beginMs) / 1000;
  if (elapsedS >= seconds) {
    clearInterval(tick);
    process.send({ kind: 'sent', sent, seconds: elapsedS });
    return;
  }
  const bootMs = 60_000 + Math.round(nowMs - startedAtMs);
  const target = Math.floor(elapsedS * vehicles * rate);
  for (; due < target; due++) {
    const vehicle = fleet[index];
    index = (index + 1) % fleet.length;
    const answer = vehicle.answers.shift();
    if (answer !== undefined) transmit(vehicle, answer, bootMs);
    else {
      transmit(vehicle, vehicle.frames[vehicle.next], bootMs);
      vehicle.next = (vehicle.next + 1) % vehicle.frames.length;
    }
  }
}, 2);
process.once('disconnect', () => process.exit());
