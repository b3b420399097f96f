import type { Bridge, VehicleId } from './model.ts';
import type { VehicleServices } from './service/vehicle-services.ts';

/**
 * What can be asked of a vehicle beyond flying a mission, by group. One list for the bridge itself and for its other
 * side of the thread border: what is not named here cannot be reached from outside.
 */
export const VEHICLE_API = {
  cameras: [
    ...[
      'takePhoto',
      'startInterval',
      'stopPhotos',
      'startRecording',
      'stopRecording',
      'setMode',
      'zoom',
      'focus',
    ],
  ],
  gimbals: ['point', 'turn', 'pointAtPlace', 'neutral', 'retract', 'release'],
  actuators: [
    'setRelay',
    'pulseRelay',
    'setServo',
    'setActuator',
    'switchIlluminator',
    'configureIlluminator',
  ],
  signing: ['setUpKey', 'removeKey'],
  plans: ['upload', 'uploadFence', 'uploadRally', 'download', 'clear', 'setCurrent', 'verified', 'cancel'],
  guided: ['takeOff', 'goTo', 'orbit', 'setHeading', 'setSpeed', 'terminate', 'disarm', 'cancel'],
  parameters: ['snapshot', 'fetchAll', 'get', 'set', 'cancel'],
  files: ['list', 'read', 'readTo', 'write', 'crc32', 'remove', 'makeDirectory', 'rename', 'cancel'],
  logs: ['list', 'download', 'erase', 'cancel'],
} as const satisfies { readonly [G in keyof VehicleServices]?: readonly (keyof VehicleServices[G])[] };

/** Methods of the bridge itself that are called over the thread border; the others read what came over before. */
export const DIRECT_CALLS = [
  'setInterest',
  'uploadMission',
  'downloadMission',
  'launchMission',
  'hold',
  'resumeMission',
  'returnToLaunch',
  'land',
] as const satisfies readonly (keyof Bridge)[];
export type DirectCall = (typeof DIRECT_CALLS)[number];

type Groups = typeof VEHICLE_API;
export type GroupName = keyof Groups;

/** A method of a service, with the vehicle before its own arguments. */
type Reached<M> = M extends (...args: infer A) => infer R
  ? (vehicleId: VehicleId, ...args: A) => Promise<Awaited<R> | { readonly kind: 'not-connected' }>
  : never;

export type VehicleApi = {
  readonly [G in GroupName]: {
    readonly [M in Groups[G][number] & keyof VehicleServices[G]]: Reached<VehicleServices[G][M]>;
  };
};

/** The whole bridge. The rooms of the server name the part that they need (`Bridge`, `Pick<…>`). */
export type FullBridge = Bridge & VehicleApi;

/** Builds every group from one way to call: `call('cameras', 'takePhoto', [vehicleId, …])`. */
export function vehicleApi(
  call: (group: GroupName, method: string, args: readonly unknown[]) => Promise<unknown>,
): VehicleApi {
  const groups = Object.entries(VEHICLE_API).map(([group, methods]) => [
    group,
    Object.fromEntries(
      methods.map((method) => [method, (...args: unknown[]) => call(group as GroupName, method, args)]),
    ),
  ]);
  return Object.fromEntries(groups) as VehicleApi;
}

/** One object of both: the bridge's own methods stay its own. */
export function withApi<B extends Bridge & { readonly vehicleApi: VehicleApi }>(bridge: B): B & VehicleApi {
  return Object.assign(bridge, bridge.vehicleApi);
}
