import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { configureFleetCommand } from './cli/fleet-command.ts';
import { addHeadlessCommand } from './cli/headless-command.ts';
import { addRelayCommand } from './cli/relay-command.ts';
import { SimError } from './errors.ts';

const EXAMPLES = `
Examples:
  Six aircraft for a server that listens on UDP 14550:
    node dist/sim/main.js --count 6
  At the bases of a district, ten times as fast as life:
    node dist/sim/main.js --homes bases.json --speed 10
  One that starts as slowly as a real ArduCopter, over a link that loses 30 %:
    node dist/sim/main.js --count 1 --realistic-startup --loss 0.3
  Also reachable by TCP on 5760, 5770 … like SITL, or on pseudo-terminals:
    node dist/sim/main.js --count 2 --tcp-port-base 5760
    node dist/sim/main.js --count 2 --target none --pty /tmp/drones --baud 57600
  Ten minutes without sockets, twice the same log:
    node dist/sim/main.js headless --count 6 --for-s 600 --seed 7 --tlog out.tlog
  A bad network in front of SITL that sends to UDP 14560:
    node dist/sim/main.js relay --listen 14560 --target udp://127.0.0.1:14550 --network bad.yaml

The homes file is a list: [{"lonDeg": 110.29, "latDeg": 25.28, "altitudeAmslM": 150, "name": "North station"}]
The network file:  [{"atS": 30, "forS": 20, "vehicles": [1, 2], "direction": "down", "conditions": {"lossFraction": 0.3}}]
The faults file:   [{"atS": 60, "vehicles": 1, "fault": {"kind": "gps-loss", "durationS": 20}}]`;

function program(): Command {
  const command = new Command('airgrid-sim')
    .description('Simulated drones that speak MAVLink 2 over real sockets, as the real autopilots do.')
    .enablePositionalOptions()
    .allowExcessArguments(false)
    .addHelpText('after', EXAMPLES);
  configureFleetCommand(command);
  addHeadlessCommand(command);
  addRelayCommand(command);
  return command;
}

/** What runs goes on until a signal. @returns the exit code when it could not be started, else null */
async function main(argv: readonly string[]): Promise<number | null> {
  try {
    await program().parseAsync(argv);
    return null;
  } catch (problem) {
    if (!(problem instanceof SimError)) throw problem;
    console.error(`error: ${problem.message}`);
    return 1;
  }
}

const isStarted =
  process.argv[1] !== undefined &&
  realpathSync(process.argv[1]) === realpathSync(fileURLToPath(import.meta.url));
if (isStarted) {
  const code = await main(process.argv);
  if (code !== null) process.exitCode = code;
}
