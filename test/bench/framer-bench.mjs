// Frames per second of our framer alone and of the library's own stream pipeline, over the same bytes in the same run.
// A module for the ingest bench; by itself: node test/bench/framer-bench.mjs [seconds]. Needs the build in dist/.
import { setImmediate as turn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { MavLinkPacketParser, MavLinkPacketSplitter } from 'node-mavlink';
import { Encoder } from '../../dist/firmware-bridge/codec/encoder.js';
import { Framer } from '../../dist/firmware-bridge/codec/framer.js';
import {
  Attitude,
  BatteryStatus,
  buildMessage,
  GlobalPositionInt,
  GpsRawInt,
  Heartbeat,
  StatusText,
  SysStatus,
  SystemTime,
  VfrHud,
} from '../../dist/firmware-bridge/codec/messages.js';

/** Frames of one second of one aircraft as it flies: mostly attitude and position, some of everything else. */
function oneSecond(second) {
  const attitude = (i) =>
    buildMessage(Attitude, {
      timeBootMs: second * 1000 + i * 100,
      roll: Math.sin(second + i) * 0.2,
      pitch: Math.cos(second + i) * 0.1,
      yaw: 1.57,
      rollspeed: 0.01 * i,
      pitchspeed: -0.02,
      yawspeed: 0.003,
    });
  const position = (i) =>
    buildMessage(GlobalPositionInt, {
      timeBootMs: second * 1000 + i * 100,
      lat: 252_809_000 + second * 37 + i,
      lon: 1_102_900_000 + second * 41 + i,
      alt: 201_300 + i,
      relativeAlt: 50_000 + i,
      vx: 512,
      vy: -43,
      vz: 5,
      hdg: 9_000 + i,
    });
  const fast = Array.from({ length: 10 }, (_, i) => [attitude(i), position(i)]).flat();
  const slow = [
    buildMessage(Heartbeat, { type: 2, autopilot: 3, baseMode: 217, customMode: 3, systemStatus: 4 }),
    buildMessage(SysStatus, { onboardControlSensorsPresent: 0x1321fc2f, load: 231, voltageBattery: 15_800 }),
    buildMessage(GpsRawInt, { timeUsec: 1_700_000_000_000_000n, fixType: 3, lat: 252_809_000, eph: 121 }),
    buildMessage(VfrHud, { airspeed: 5.1, groundspeed: 5.2, heading: 90, throttle: 41, alt: 201.3 }),
    buildMessage(BatteryStatus, {
      voltages: [3950, 3948, 3951, 3949, 0, 0, 0, 0, 0, 0],
      batteryRemaining: 71,
    }),
    buildMessage(SystemTime, { timeUnixUsec: 1_700_000_000_000_000n, timeBootMs: second * 1000 }),
    buildMessage(StatusText, { severity: 6, text: `Reached command #${second % 20}` }),
  ];
  return [...fast, ...slow];
}

/** Size of the pieces that the stream comes in: what a TCP read or a serial driver gives at once. */
const CHUNK_BYTES = 1_460;
const STREAM_SECONDS = 600;

function buildStream() {
  const v2 = new Encoder({ systemId: 7, componentId: 1 });
  const v1 = new Encoder({ systemId: 8, componentId: 1, version: 1 });
  const frames = [];
  for (let second = 0; second < STREAM_SECONDS; second++) {
    // Every tenth second is an old autopilot that speaks MAVLink 1.
    const encoder = second % 10 === 9 ? v1 : v2;
    for (const message of oneSecond(second)) frames.push(encoder.encode(message));
  }
  const stream = Buffer.concat(frames);
  const chunks = [];
  for (let at = 0; at < stream.length; at += CHUNK_BYTES) chunks.push(stream.subarray(at, at + CHUNK_BYTES));
  return { frames, chunks, bytesPerFrame: stream.length / frames.length };
}

/** Runs `once` (it returns how many frames came out) until `seconds` have passed; frames per second. */
function rate(once, expected, seconds) {
  let frames = 0;
  const started = performance.now();
  let tookMs = 0;
  do {
    const got = once();
    if (got !== expected) throw new Error(`${got} frames instead of ${expected}`);
    frames += got;
    tookMs = performance.now() - started;
  } while (tookMs < seconds * 1000);
  return (frames / tookMs) * 1000;
}

function throughFramer(chunks) {
  const framer = new Framer();
  let frames = 0;
  let ids = 0;
  for (const chunk of chunks) {
    for (const frame of framer.push(chunk)) {
      frames++;
      // What every consumer reads of every frame.
      ids += frame.messageId + frame.systemId + frame.componentId + frame.sequence;
    }
  }
  return ids > 0 ? frames : 0;
}

function throughFramerAsDatagrams(datagrams) {
  const framer = new Framer();
  let frames = 0;
  let ids = 0;
  for (const datagram of datagrams) {
    for (const frame of framer.pushDatagram(datagram)) {
      frames++;
      ids += frame.messageId + frame.systemId + frame.componentId + frame.sequence;
    }
  }
  return ids > 0 ? frames : 0;
}

/** The library's pipeline as its documents show it; it works asynchronously, chunk by chunk. */
async function libraryRate(chunks, expected, seconds) {
  let frames = 0;
  const started = performance.now();
  let tookMs = 0;
  do {
    let got = 0;
    const splitter = new MavLinkPacketSplitter();
    const parser = splitter.pipe(new MavLinkPacketParser());
    parser.on('data', () => {
      got++;
    });
    const ended = new Promise((resolve, reject) => {
      parser.once('end', resolve);
      parser.once('error', reject);
      splitter.once('error', reject);
    });
    for (const chunk of chunks) {
      if (!splitter.write(chunk)) await new Promise((resolve) => splitter.once('drain', resolve));
    }
    splitter.end();
    await ended;
    if (got !== expected) throw new Error(`the library delivered ${got} frames instead of ${expected}`);
    frames += got;
    tookMs = performance.now() - started;
  } while (tookMs < seconds * 1000);
  return (frames / tookMs) * 1000;
}

/**
 * @param {{seconds?: number}} [options] how long each of the three is measured; default 3
 * @returns {Promise<{framerFramesPerS: number, framerDatagramFramesPerS: number, libraryFramesPerS: number,
 *   ratio: number, bytesPerFrame: number}>}
 */
export async function measureFramer({ seconds = 3 } = {}) {
  const { frames, chunks, bytesPerFrame } = buildStream();
  // Warm: the compiler has seen both before anything is counted.
  for (let i = 0; i < 20; i++) {
    throughFramer(chunks);
    throughFramerAsDatagrams(frames);
  }
  await libraryRate(chunks, frames.length, 0);
  await turn();
  const framerFramesPerS = rate(() => throughFramer(chunks), frames.length, seconds);
  const framerDatagramFramesPerS = rate(() => throughFramerAsDatagrams(frames), frames.length, seconds);
  const libraryFramesPerS = await libraryRate(chunks, frames.length, seconds);
  return {
    framerFramesPerS,
    framerDatagramFramesPerS,
    libraryFramesPerS,
    ratio: framerFramesPerS / libraryFramesPerS,
    bytesPerFrame,
  };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(await measureFramer({ seconds: Number(process.argv[2] ?? 3) }));
}
