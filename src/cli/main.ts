import { Command } from 'commander';
import { AirgridError } from '../errors.ts';
import { packageVersion } from '../version.ts';
import { addDemoCommand } from './demo.ts';
import { addPlanCommand } from './plan.ts';
import { addScenarioCommand } from './scenario.ts';
import { addServeCommand } from './serve.ts';
import { addSimCommand } from './sim.ts';
import { addSitlCommand } from './sitl.ts';
import { addVerifyCommand } from './verify.ts';

const program = new Command('airgrid')
  .description('Ground system for a police drone fleet that patrols a city by its policing grid.')
  .version(packageVersion())
  .showHelpAfterError()
  .addHelpText(
    'after',
    `
Examples:
  $ airgrid demo                                     six simulated aircraft over a sample district
  $ airgrid serve --config airgrid.yaml              the real thing
  $ airgrid serve --link serial:///dev/ttyUSB0?baud=57600 --data-dir /var/lib/airgrid
  $ airgrid sim --count 3 --target udp://127.0.0.1:14550
  $ airgrid sitl --vehicle copter --count 3            real ArduCopters, simulated on this machine
  $ airgrid scenario run plain-patrol                  a fleet, an operator and what is expected of both
  $ airgrid plan cell.geojson --home 110.29,25.28 --out cell.plan
  $ airgrid verify cell.plan --zones zones.geojson`,
  );

addServeCommand(program);
addDemoCommand(program);
addSimCommand(program);
addSitlCommand(program);
addPlanCommand(program);
addVerifyCommand(program);
addScenarioCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  // What a person can mend is told in a sentence; anything else is a defect of ours and shows where it happened.
  if (error instanceof AirgridError) {
    process.stderr.write(`airgrid: ${error.message}\n${error.remedy === null ? '' : `  ${error.remedy}\n`}`);
  } else {
    process.stderr.write(`airgrid: ${error instanceof Error ? error.stack : String(error)}\n`);
  }
  process.exitCode = 1;
}
