import type { Command } from 'commander';
import type { OrderOutcome } from '../headless/contact.ts';
import { runHeadless } from '../headless/run-headless.ts';
import { readStationScript } from '../headless/station-script.ts';
import { type AircraftOptions, addAircraftOptions, fleetSettings } from './aircraft-options.ts';
import { within } from './option-values.ts';

interface HeadlessCliOptions extends AircraftOptions {
  readonly forS: number;
  readonly script?: string;
  readonly tlog?: string;
  readonly json?: boolean;
}

/** `headless`: no sockets, no clock; the same options give the same log. */
export function addHeadlessCommand(program: Command): void {
  const command = program
    .command('headless')
    .description(
      'Fly the fleet in virtual time with a scripted ground station, as fast as this machine can; ' +
        'prints the hash of the log, the same for the same options.',
    );
  addAircraftOptions(command)
    .option('--for-s <s>', 'simulated seconds', within(1, 86_400), 300)
    .option('--script <file>', 'orders of the ground station (default: one flight of everybody)')
    .option('--tlog <file>', 'write the log')
    .option('--json', 'print one JSON object')
    .action(async (options: HeadlessCliOptions) => {
      const orders = options.script === undefined ? null : await readStationScript(options.script);
      const startedMs = performance.now();
      const result = runHeadless({
        ...(await fleetSettings(options)),
        forS: options.forS,
        ...(orders === null ? {} : { orders }),
        ...(options.tlog === undefined ? {} : { tlogPath: options.tlog }),
        onProblem: (systemId, problem) => console.error(`aircraft ${systemId}: ${problem.message}`),
      });
      const tookS = (performance.now() - startedMs) / 1000;
      if (options.json === true) {
        console.log(JSON.stringify({ seed: options.seed, tookS, ...result }));
        return;
      }
      const { aircraft, simulatedS, frames, bytes, sha256, outcomes } = result;
      for (const { atS, systemId, what, outcome } of outcomes.filter(isBad))
        console.log(`${atS.toFixed(1)} s, system ${systemId}: ${what}: ${wordsOf(outcome)}`);
      console.log(`seed     ${options.seed}`);
      console.log(`flown    ${aircraft} aircraft, ${simulatedS.toFixed(0)} s in ${tookS.toFixed(1)} s`);
      console.log(`orders   ${outcomes.length}, ${outcomes.filter(isBad).length} not carried out`);
      console.log(`frames   ${frames}`);
      console.log(`bytes    ${bytes}`);
      console.log(`sha256   ${sha256}`);
    });
}

const isBad = ({ outcome }: OrderOutcome): boolean => outcome.kind !== 'done';

function wordsOf(outcome: OrderOutcome['outcome']): string {
  if (outcome.kind === 'refused') return `refused with ${outcome.result}`;
  return outcome.kind === 'no-answer' ? 'no answer' : 'done';
}
