import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findAutopilot } from './find-autopilot.ts';
import { SitlError } from './sitl-error.ts';
import { vehicleType } from './vehicle-types.ts';

let root = '';
const at = (path: string): string => join(root, path);

function program(path: string, mode = 0o755): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), '#!/bin/sh\n');
  chmodSync(at(path), mode);
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'airgrid-find-'));
  program('ap/arducopter');
  program('ap/arduplane');
  program('copter-only/arducopter');
  program('no-mode/arducopter', 0o644);
  program('wrapped/run-it.sh');
  program('px4/bin/px4');
  mkdirSync(at('px4/etc'));
  program('half-px4/bin/px4');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Given {
  readonly vehicle: string;
  readonly binary?: string;
  readonly image?: string;
  readonly ARDUPILOT_SITL?: string;
  readonly PX4_SITL?: string;
  readonly PATH?: string;
}

function find(given: Given) {
  const env = {
    ...(given.ARDUPILOT_SITL === undefined ? {} : { ARDUPILOT_SITL: at(given.ARDUPILOT_SITL) }),
    ...(given.PX4_SITL === undefined ? {} : { PX4_SITL: at(given.PX4_SITL) }),
    PATH: given.PATH === undefined ? '' : at(given.PATH),
  };
  return findAutopilot({
    type: vehicleType(given.vehicle),
    binary: given.binary === undefined ? null : at(given.binary),
    dockerImage: given.image ?? null,
    env,
  });
}

function refusal(given: Given): SitlError {
  try {
    const found = find(given);
    throw new Error(`found ${JSON.stringify(found)}`);
  } catch (problem) {
    if (problem instanceof SitlError) return problem;
    throw problem;
  }
}

describe('where an autopilot is found', () => {
  it.each([
    [
      'the option before the environment',
      { vehicle: 'copter', binary: 'ap/arducopter', ARDUPILOT_SITL: 'copter-only' },
      'ap/arducopter',
      '--autopilot-binary',
    ],
    [
      'the environment before PATH',
      { vehicle: 'copter', ARDUPILOT_SITL: 'ap/arducopter', PATH: 'copter-only' },
      'ap/arducopter',
      'ARDUPILOT_SITL',
    ],
    ['a folder', { vehicle: 'copter', ARDUPILOT_SITL: 'ap' }, 'ap/arducopter', 'ARDUPILOT_SITL'],
    [
      "another vehicle's program beside the named one",
      { vehicle: 'plane', ARDUPILOT_SITL: 'ap/arducopter' },
      'ap/arduplane',
      'ARDUPILOT_SITL',
    ],
    [
      'a wrapper of any name',
      { vehicle: 'rover', binary: 'wrapped/run-it.sh' },
      'wrapped/run-it.sh',
      '--autopilot-binary',
    ],
    ['PATH before an image', { vehicle: 'copter', PATH: 'ap', image: 'i' }, 'ap/arducopter', 'PATH'],
    ['a build folder of PX4', { vehicle: 'px4', PX4_SITL: 'px4' }, 'px4/bin/px4', 'PX4_SITL'],
    ['the binary of PX4', { vehicle: 'px4', PX4_SITL: 'px4/bin/px4' }, 'px4/bin/px4', 'PX4_SITL'],
    ['PX4 on PATH', { vehicle: 'px4', PATH: 'px4/bin' }, 'px4/bin/px4', 'PATH'],
  ] as const)('%s', (_name, given, binary, from) => {
    expect(find(given)).toMatchObject({ binary: at(binary), from });
  });

  it('takes the image that the user named when nothing is on this machine, or not this vehicle', () => {
    expect(find({ vehicle: 'copter', image: 'me/ap:1' })).toEqual({ kind: 'docker', image: 'me/ap:1' });
    expect(find({ vehicle: 'plane', ARDUPILOT_SITL: 'copter-only', image: 'me/ap:1' }).kind).toBe('docker');
  });

  it.each([
    [
      'nothing at all',
      { vehicle: 'copter' },
      /No ArduCopter was found: ARDUPILOT_SITL is not set, and there is no arducopter/,
    ],
    ['a name that is nothing', { vehicle: 'copter', ARDUPILOT_SITL: 'gone' }, /it does not exist/],
    [
      'not this vehicle',
      { vehicle: 'plane', ARDUPILOT_SITL: 'copter-only/arducopter' },
      /there is no arduplane in/,
    ],
    [
      'not executable',
      { vehicle: 'copter', binary: 'no-mode/arducopter' },
      /is not executable \(chmod \+x\)/,
    ],
    ['PX4 without its etc', { vehicle: 'px4', PX4_SITL: 'half-px4' }, /has no bin\/px4 and etc\//],
    // Who names a binary wants that one: PATH and the image are no way out.
    [
      'a named binary that is not there',
      { vehicle: 'copter', binary: 'gone', PATH: 'ap', image: 'i' },
      /--autopilot-binary is .*gone: it does not exist/,
    ],
  ] as const)('says what is wrong: %s', (_name, given, message) => {
    const error = refusal(given);
    expect(error.code).toBe('sitl.no-autopilot');
    expect(error.message).toMatch(message);
  });

  it('says how to get it: how each is built, what to set, and the image', () => {
    const remedy = refusal({ vehicle: 'rover' }).remedy ?? '';
    expect(remedy).toContain('./waf configure --board sitl && ./waf rover');
    expect(remedy).toContain('export ARDUPILOT_SITL=$PWD/build/sitl/bin/ardurover');
    expect(remedy).toContain('--docker-image');
    expect(refusal({ vehicle: 'px4' }).remedy).toContain('make px4_sitl');
  });
});
