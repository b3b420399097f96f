// npm run bench:ingest -- [--json] [--quick] [--vehicles N] [--rate M] [--seconds S]: frames from UDP sockets to
// snapshots on this thread, recording on (the vehicles are armed), the sender in a process of its own on the same
// machine. Needs the build in dist/.
import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { openBridge } from '../../dist/firmware-bridge/index.js';
import { measureFramer } from './framer-bench.mjs';
import { quantile, report, round } from './report.mjs';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    quick: { type: 'boolean' },
    vehicles: { type: 'string', default: '500' },
    rate: { type: 'string', default: '50' },
    seconds: { type: 'string' },
  },
});
const vehicles = Number(values.vehicles);
const rate = Number(values.rate);
const seconds = Number(values.seconds ?? (values.quick ? 15 : 60));
/** System ids are 8 bits, so a big fleet comes in on several ports. */
const PER_LINK = 240;
const FIRST_PORT = 27_550;
const ports = Array.from({ length: Math.ceil(vehicles / PER_LINK) }, (_, i) => FIRST_PORT + i);

const framer = await measureFramer({ seconds: values.quick ? 2 : 5 });

const recordingDir = mkdtempSync(join(tmpdir(), 'airgrid-ingest-'));
const warnings = [];
const logger = pino({ level: 'warn' }, { write: (line) => warnings.push(JSON.parse(line).msg) });
const bridge = await openBridge(
  {
    links: ports.map((port) => ({ linkId: `link-${port}`, url: `udp-listen://127.0.0.1:${port}` })),
    ...{ systemId: 245, componentId: 190, lostAfterMs: 3_000, telemetryRateHz: 10, recordingDir },
  },
  { logger },
);
let batches = 0;
let snapshots = 0;
let recordings = 0;
bridge.subscribe((event) => {
  if (event.kind === 'vehicles') {
    batches++;
    snapshots += event.states.length;
  } else if (event.kind === 'recording-started') recordings++;
});

const sender = fork(new URL('./ingest-sender.mjs', import.meta.url), [
  JSON.stringify({ vehicles, rate, seconds, ports, perLink: PER_LINK }),
]);
const said = (kind) =>
  new Promise((resolve, reject) => {
    sender.on('message', (message) => message.kind === kind && resolve(message));
    sender.once('exit', () => reject(new Error('the sender ended')));
  });
await said('ready');
const done = said('sent');
const cpuBefore = process.cpuUsage();
const startedMs = performance.now();
const framesOf = () => bridge.links().reduce((sum, link) => sum + link.framesIn, 0);
const usable = () =>
  bridge.vehicles().filter((v) => v.connection === 'online' && v.hardwareUid !== null && v.position !== null)
    .length;
let discoverS = Number.NaN;
let rssMb = 0;
/** 99th percentile of each second: while the fleet is met, and after it. */
const meetingDelays = [];
const delays = [];
const busy = [];
/** Of each second: how long ago the vehicle that was heard longest ago was heard, as its snapshot says. */
const ages = [];
sender.send('go');
const watch = setInterval(() => {
  if (Number.isNaN(discoverS) && usable() >= vehicles) discoverS = (performance.now() - startedMs) / 1000;
}, 50);
const slow = setInterval(() => {
  rssMb = Math.max(rssMb, process.memoryUsage().rss / 2 ** 20);
  (Number.isNaN(discoverS) ? meetingDelays : delays).push(bridge.health().eventLoopDelayP99Ms);
  busy.push(bridge.health().busyFraction);
  const nowMs = performance.timeOrigin + performance.now();
  if (!Number.isNaN(discoverS)) ages.push(nowMs - Math.min(...bridge.vehicles().map((v) => v.lastHeardAtMs)));
}, 1_000);
const { sent, seconds: sentS } = await done;
// What is on its way, and the counters, which come once a second. What never comes is lost; what comes late shows in
// the age of the snapshots.
for (let before = -1, waits = 0; framesOf() < sent && (framesOf() > before || waits < 3); waits++) {
  before = framesOf();
  await new Promise((resolve) => setTimeout(resolve, 1_100));
}
const cpu = process.cpuUsage(cpuBefore);
clearInterval(watch);
clearInterval(slow);
const received = framesOf();
const wrong = bridge.links().reduce((sum, link) => sum + link.badCrc + link.rejected, 0);
const kernelDrops = udpDrops(ports);
const framesOut = bridge.links().reduce((sum, link) => sum + link.framesOut, 0);
const fleet = bridge.vehicles();
sender.disconnect();
await bridge.close();
rmSync(recordingDir, { recursive: true, force: true });

const sustained = received / sentS;
const lost = sent - received;
report('ingest', [
  metric(
    'frames_per_s.sustained',
    round(sustained, 0),
    'frames/s',
    `>=${Math.min(25_000, vehicles * rate * 0.99)}`,
    sustained >= Math.min(25_000, vehicles * rate) * 0.99,
  ),
  metric('frames_lost', lost, 'frames', '=0', lost === 0),
  metric('frames_lost.kernel', kernelDrops, 'frames'),
  metric('frames_sent_by_us', framesOut, 'frames'),
  metric('frames_wrong', wrong, 'frames', '=0', wrong === 0),
  metric(
    'framer_frames_per_s',
    round(framer.framerFramesPerS, 0),
    'frames/s',
    '>=5000000',
    framer.framerFramesPerS >= 5e6,
  ),
  metric('framer_vs_library_ratio', round(framer.ratio, 1), '×', '>=20', framer.ratio >= 20),
  metric('cpu_us_per_frame', round((cpu.user + cpu.system) / received, 2), 'µs'),
  metric('bridge_busy_pct', round(100 * quantile(busy, 0.5), 1), '%'),
  metric(
    'event_loop_p99_ms',
    round(quantile(delays.slice(1), 0.99), 2),
    'ms',
    '<20',
    quantile(delays.slice(1), 0.99) < 20,
  ),
  metric('event_loop_p99_ms.median_second', round(quantile(delays.slice(1), 0.5), 2), 'ms'),
  metric('event_loop_p99_ms.meeting', round(Math.max(0, ...meetingDelays), 2), 'ms'),
  metric('oldest_snapshot_ms.p50', round(quantile(ages, 0.5), 0), 'ms'),
  metric('oldest_snapshot_ms.max', round(Math.max(...ages), 0), 'ms'),
  metric('rss_mb', round(rssMb, 0), 'MiB'),
  metric('discover_500_s', round(discoverS, 2), 's', '<=10', discoverS <= 10),
  metric('vehicles', fleet.length, 'vehicles', `=${vehicles}`, fleet.length === vehicles),
  metric('recordings', recordings, 'files', `=${vehicles}`, recordings === vehicles),
  metric('snapshots_per_s', round(snapshots / sentS, 0), 'snapshots/s'),
  metric('batches_per_s', round(batches / sentS, 1), 'batches/s'),
]);
for (const warning of new Set(warnings)) if (!values.json) console.log(`warning: ${warning}`);

function metric(name, value, unit, bar, holds) {
  return { metric: name, value, unit, ...(bar === undefined ? {} : { bar, holds }) };
}

/** Datagrams that the kernel dropped for sockets on these ports (Linux: the last column of /proc/net/udp). */
function udpDrops(ofPorts) {
  const hex = new Set(ofPorts.map((port) => port.toString(16).toUpperCase().padStart(4, '0')));
  let drops = 0;
  try {
    for (const line of readFileSync('/proc/net/udp', 'utf8').split('\n').slice(1)) {
      const columns = line.trim().split(/\s+/);
      if (hex.has(columns[1]?.split(':')[1] ?? '')) drops += Number(columns.at(-1));
    }
  } catch {
    return Number.NaN;
  }
  return drops;
}
