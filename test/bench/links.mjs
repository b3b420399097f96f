// npm run bench:links -- [--json] [--quick] [--seed N]: 100-item missions over a bad radio, and one-shot commands, in
// virtual time; the bridge of dist/ against the simulator's mission servers, real bytes both ways. Needs the build.
import pino from 'pino';
import { LiveBridge } from '../../dist/firmware-bridge/bridge.js';
import { seededRandom } from '../../dist/firmware-bridge/test-support/seeded-random.js';
import { ardupilotLike, flyingAircraft, px4Like } from './links/aircraft.mjs';
import { LossyRadio } from './links/lossy-network.mjs';
import { VirtualTime } from './links/virtual-time.mjs';
import { quantile, report, round } from './report.mjs';

const quick = process.argv.includes('--quick');
const seedAt = process.argv.indexOf('--seed');
const SEED = seedAt === -1 ? 1 : Number(process.argv[seedAt + 1]);
const LOSSES = [0, 5, 10, 20, 30, 50];
/** Per loss and peer. */
const UPLOADS = quick ? 12 : 150;
/** Per loss. */
const LAUNCHES = quick ? 4 : 40;
const ITEMS = 100;
const PEERS = { ardupilot: ardupilotLike, px4: px4Like };
/** Virtual: nobody waits longer; what is not settled then has failed. */
const LIMIT_MS = 1_800_000;
const TAKEOFF_M = 15;

async function startBridge(time, random, radio) {
  const bridge = new LiveBridge(
    {
      links: [{ linkId: 'radio', url: 'udp-listen://127.0.0.1:0' }],
      systemId: 245,
      componentId: 190,
      lostAfterMs: 3_000,
      telemetryRateHz: 4,
      recordingDir: null,
    },
    {
      clock: time,
      random,
      logger: pino({ level: 'silent' }),
      isHealthy: () => true,
      createTransport: () => radio.transport(),
    },
  );
  await bridge.start();
  return bridge;
}

/** Until the bridge knows and hears the aircraft. */
async function findVehicle(bridge, time) {
  for (let passedMs = 0; passedMs < 120_000; passedMs += 500) {
    await time.advance(500);
    const [state] = bridge.vehicles();
    if (passedMs >= 3_000 && state?.connection === 'online' && state.autopilot !== 'other') return state;
  }
  throw new Error('the aircraft was not found within two minutes');
}

function mission(random) {
  return Array.from({ length: ITEMS }, (_unused, index) => ({
    frame: 6,
    command: index === 0 ? 22 : 16,
    param1: 0,
    param2: 0,
    param3: 0,
    param4: 0,
    x: 252_809_000 + Math.round(20_000 * random()),
    y: 1_102_900_000 + Math.round(20_000 * random()),
    z: 20 + Math.round(40 * random()),
  }));
}

/** Not the bridge's own comparison: an item is where, how high and what it was meant to be. */
function isSame(sent, held) {
  return (
    sent.length === held.length &&
    sent.every(
      (item, index) =>
        item.command === held[index].command &&
        Math.abs(item.x - held[index].x) <= 1 &&
        Math.abs(item.y - held[index].y) <= 1 &&
        Math.abs(item.z - held[index].z) <= 0.011 &&
        (held[index].frame === 3 || held[index].frame === 6),
    )
  );
}

async function upload(createPeer, loss, seed) {
  const time = new VirtualTime();
  const random = seededRandom(seed);
  const radio = new LossyRadio({ time, random, loss });
  const peer = createPeer({ time, radio });
  const bridge = await startBridge(time, random, radio);
  const { vehicleId } = await findVehicle(bridge, time);
  const items = mission(random);
  const startedMs = time.nowMs();
  const outcome = await time.settle(bridge.uploadMission(vehicleId, items), LIMIT_MS);
  const tookS = (time.nowMs() - startedMs) / 1000;
  const isOnBoard = isSame(items, peer.stored());
  await bridge.close();
  return { kind: outcome?.kind ?? 'never', tookS, isOnBoard };
}

/** Arms and takes off; how often each really happened. */
async function launch(loss, seed) {
  const time = new VirtualTime();
  const random = seededRandom(seed);
  const radio = new LossyRadio({ time, random, loss });
  const effects = flyingAircraft({ time, radio, seed });
  const bridge = await startBridge(time, random, radio);
  const { vehicleId } = await findVehicle(bridge, time);
  // Nothing is launched without a mission on board.
  await time.settle(bridge.uploadMission(vehicleId, mission(random).slice(0, 3)), LIMIT_MS);
  const outcome = await time.settle(
    bridge.launchMission(vehicleId, { takeoffAltitudeM: TAKEOFF_M }),
    120_000,
  );
  // What is still on its way may arrive.
  await time.advance(5_000);
  await bridge.close();
  const { armings, liftOffs, takeoffsInTheAir } = effects;
  const twice = Math.max(0, armings - 1) + Math.max(0, liftOffs - 1) + takeoffsInTheAir;
  return { kind: outcome?.kind ?? 'never', twice };
}

const results = [];
let falseSuccesses = 0;
let twice = 0;
let launches = 0;
let seed = SEED;
const failures = {};
for (const lossPct of LOSSES) {
  const all = [];
  for (const [name, createPeer] of Object.entries(PEERS)) {
    const runs = [];
    for (let run = 0; run < UPLOADS; run++) {
      const result = await upload(createPeer, lossPct / 100, seed);
      if (result.kind !== 'done') failures[`loss ${lossPct} ${name} seed ${seed}`] = result.kind;
      if (result.kind === 'done' && !result.isOnBoard) {
        falseSuccesses++;
        failures[`loss ${lossPct} ${name} seed ${seed}`] = 'FALSE SUCCESS';
      }
      runs.push(result);
      seed++;
    }
    all.push(...runs);
    results.push(
      ...figures(`loss${lossPct}.${name}`, runs).map(({ metric, value, unit }) => ({ metric, value, unit })),
    );
  }
  results.push(...figures(`loss${lossPct}`, all, { 30: 99, 50: 95 }[lossPct]));
  for (let run = 0; run < LAUNCHES; run++) {
    const result = await launch(lossPct / 100, seed);
    if (result.kind === 'done') launches++;
    else failures[`launch, loss ${lossPct} seed ${seed}`] = result.kind;
    if (result.twice > 0) failures[`launch, loss ${lossPct} seed ${seed}`] = `${result.twice} twice`;
    twice += result.twice;
    seed++;
  }
}

function figures(name, runs, barPct) {
  const done = runs.filter((run) => run.kind === 'done' && run.isOnBoard);
  const pct = (100 * done.length) / runs.length;
  const success = { metric: `upload_success_pct.${name}`, value: round(pct, 2), unit: '%' };
  const medianS = quantile(
    done.map((run) => run.tookS),
    0.5,
  );
  return [
    barPct === undefined ? success : { ...success, bar: `>=${barPct}`, holds: pct >= barPct },
    { metric: `upload_median_s.${name}`, value: round(medianS, 1), unit: 's (virtual)' },
  ];
}

results.push(
  {
    metric: 'false_successes',
    value: falseSuccesses,
    unit: 'uploads',
    bar: '0',
    holds: falseSuccesses === 0,
  },
  { metric: 'commands_executed_twice', value: twice, unit: 'commands', bar: '0', holds: twice === 0 },
  { metric: 'uploads_run', value: LOSSES.length * 2 * UPLOADS, unit: 'uploads' },
  { metric: 'launches_done', value: launches, unit: `of ${LOSSES.length * LAUNCHES}` },
);
console.log(`seeds ${SEED}–${seed - 1}; not done: ${JSON.stringify(failures)}`);
report('links', results);
