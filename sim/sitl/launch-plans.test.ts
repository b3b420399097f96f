import { describe, expect, it } from 'vitest';
import { type ArduPilotLaunch, arduPilotPlan } from './arducopter.ts';
import { inDocker } from './docker.ts';
import type { LaunchPlan } from './launch-plan.ts';
import { parseParameters } from './parameters.ts';
import { extraLinkCommand, px4Plan } from './px4.ts';
import { arduPilotType, VEHICLE_TYPES } from './vehicle-types.ts';

const home = { latDeg: 25.28, lonDeg: 110.29, altitudeAmslM: 150, headingDeg: 90 };

function copter(changes: Partial<ArduPilotLaunch> = {}): LaunchPlan {
  return arduPilotPlan({
    ...{ type: arduPilotType('copter'), binary: '/opt/arducopter', folder: '/tmp/x', home },
    ...{ instance: 4, systemId: 7, speedup: 2, parameterFile: null },
    serial0: { host: '127.0.0.1', udpPort: 14550 },
    serial1: { host: '127.0.0.1', udpPort: 40001 },
    ...changes,
  });
}

const px4 = px4Plan({
  ...{ binary: '/opt/px4/bin/px4', etc: '/opt/px4/etc', folder: '/tmp/y', instance: 2, home, speedup: 3 },
  model: 'sihsim_quadx',
  parameters: { COM_DL_LOSS_T: 12 },
});

const COPTER_ARGUMENTS = [
  ...['--model', 'quad', '--home', '25.28,110.29,150,90', '--defaults', '/tmp/x/airgrid.parm', '--wipe'],
  ...['-I', '4', '--sysid', '7', '--speedup', '2'],
  ...[
    '--serial0',
    'udpclient:127.0.0.1:14550',
    '--serial1',
    'udpclient:127.0.0.1:40001',
    '--serial2',
    'none:',
  ],
];

describe('how each autopilot is called', () => {
  it.each([
    ['a copter', copter(), COPTER_ARGUMENTS],
    [
      'a copter that listens on TCP, without a second port',
      copter({ serial0: 'tcp', serial1: 'none' }),
      [...COPTER_ARGUMENTS.slice(0, 13), '--serial1', 'none:', '--serial2', 'none:'],
    ],
    [
      "a user's parameters come after ours",
      copter({ parameterFile: '/home/me/fast.parm' }),
      COPTER_ARGUMENTS.with(5, '/tmp/x/airgrid.parm,/home/me/fast.parm'),
    ],
    [
      'further arguments come last',
      copter({ extra: ['--rate', '400'] }),
      [...COPTER_ARGUMENTS, '--rate', '400'],
    ],
    ['PX4', px4, ['-i', '2', '-d', '-w', '/tmp/y', '-s', 'etc/init.d-posix/rcS', '/opt/px4/etc']],
  ] as const)('%s', (_name, plan, args) => {
    expect(plan.args).toEqual(args);
  });

  it('tells PX4 its place and airframe by the environment, and knows what it leaves in /tmp', () => {
    expect(px4.env).toEqual({
      PX4_PARAM_COM_DL_LOSS_T: '12',
      PX4_SIM_MODEL: 'sihsim_quadx',
      PX4_SIM_SPEED_FACTOR: '3',
      PX4_HOME_LAT: '25.28',
      PX4_HOME_LON: '110.29',
      PX4_HOME_ALT: '150',
    });
    expect(px4.leftovers).toEqual(['/tmp/px4_lock-2', '/tmp/px4-sock-2']);
  });

  it('opens a further link of PX4 by its own client', () => {
    expect(extraLinkCommand('/opt/px4/bin/px4', { instance: 2, host: '10.0.0.5', port: 14560 })).toEqual({
      program: '/opt/px4/bin/px4-mavlink',
      args: [
        ...['--instance', '2', 'start', '-x', '-f', '-r', '4000000'],
        ...['-u', '18872', '-o', '14560', '-t', '10.0.0.5'],
      ],
    });
  });

  it.each(VEHICLE_TYPES.filter((name) => name !== 'px4'))(
    'gives a %s sensors that count as calibrated',
    (name) => {
      const plan = copter({ type: arduPilotType(name) });
      const parameters = parseParameters(plan.files['airgrid.parm'] ?? '', 'airgrid.parm');
      expect(parameters.INS_ACCOFFS_X).toBe(0.001);
      expect(parameters.INS_ACC2SCAL_Z).toBe(1.001);
      expect(parameters.MAV_GCS_SYSID).toBe(245);
    },
  );
});

describe('in a container', () => {
  it("ArduPilot: the image's own program, the folder mounted, the host's network", () => {
    const plan = inDocker(copter(), 'me/ardupilot:4.6', arduPilotType('copter'), 'abcd');
    expect(plan.program).toBe('docker');
    expect(plan.container).toBe('airgrid-sitl-arducopter-7-abcd');
    expect(plan.args).toEqual([
      ...['run', '--rm', '--init', '--network', 'host', '--name', 'airgrid-sitl-arducopter-7-abcd'],
      ...['--volume', '/tmp/x:/airgrid-sitl', '--workdir', '/airgrid-sitl', '--entrypoint', 'arducopter'],
      'me/ardupilot:4.6',
      ...COPTER_ARGUMENTS.with(5, '/airgrid-sitl/airgrid.parm'),
    ]);
  });

  it("PX4: the image's entry point, the airframe and place by the environment", () => {
    const plan = inDocker(px4, 'px4io/px4-sitl:latest', 'px4', 'abcd');
    expect(plan.args).toEqual([
      ...['run', '--rm', '--init', '--network', 'host', '--name', 'airgrid-sitl-px4-3-abcd'],
      ...['--env', 'PX4_PARAM_COM_DL_LOSS_T=12', '--env', 'PX4_SIM_MODEL=sihsim_quadx'],
      ...['--env', 'PX4_SIM_SPEED_FACTOR=3', '--env', 'PX4_HOME_LAT=25.28', '--env', 'PX4_HOME_LON=110.29'],
      ...['--env', 'PX4_HOME_ALT=150', 'px4io/px4-sitl:latest', '-d', '-i', '2'],
    ]);
    expect(plan.env).toEqual({});
  });
});
