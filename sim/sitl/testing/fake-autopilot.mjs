#!/usr/bin/env node
// Stands in for an ArduPilot SITL in the launcher's tests: takes the same arguments, sends prepared frames to its second
// MAVLink port, and can crash, ignore SIGTERM and leave a child behind. FAKE_AUTOPILOT holds how, as JSON.
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';

const argument = (name) => process.argv[process.argv.indexOf(name) + 1];
const systemId = argument('--sysid');
const behaviour = JSON.parse(process.env.FAKE_AUTOPILOT ?? '{}');
const [, host, port] = argument('--serial1').split(':');

writeFileSync('arguments.json', JSON.stringify(process.argv.slice(2)));
console.log(`fake autopilot ${systemId} starts`);
if (behaviour.ignoresTerm === true) process.on('SIGTERM', () => {});
if (behaviour.hasChild === true)
  spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });

const socket = createSocket('udp4');
// [{ afterMs, hex }]: what it says, and again and again once it has said all.
for (const { afterMs, hex } of behaviour.frames?.[systemId] ?? []) {
  setTimeout(() => setInterval(() => socket.send(Buffer.from(hex, 'hex'), Number(port), host), 100), afterMs);
}
if (behaviour.crashes === systemId) {
  setTimeout(() => {
    console.error('PANIC: the propeller came off');
    process.exit(3);
  }, behaviour.crashAfterMs);
}
setInterval(() => {}, 1000);
