import { beforeEach, describe, expect, it } from 'vitest';
import type { BridgeEvent, VehicleId, VehicleState } from '../../firmware-bridge/model.ts';
import { type Db, openDatabase } from '../store/database.ts';
import { FlightRecorder } from './flight-recorder.ts';
import { openFlightStore } from './store.ts';

const ID = 'v1' as VehicleId;
const T0 = 1_700_000_000_000;
let db: Db;
let nowMs: number;

beforeEach(() => {
  db = openDatabase(':memory:');
  nowMs = T0;
});

const open = (patrolId: string | null = 'P-1') =>
  new FlightRecorder(
    openFlightStore(db),
    { vehicleName: () => 'D-01', patrolOf: () => patrolId },
    () => nowMs,
  );
const flights = () => openFlightStore(db).page({ atMs: Number.MAX_SAFE_INTEGER, flightId: '' }, 10);
const kinds = (flightId: string) =>
  openFlightStore(db)
    .events(flightId)
    .map((event) => event.kind);

function state(atMs: number, latDeg: number, changes: Partial<VehicleState> = {}): BridgeEvent {
  const position = {
    lonDeg: 110.29,
    latDeg,
    altitudeAmslM: 200,
    relativeAltitudeM: 50,
    headingDeg: 0,
    receivedAtMs: atMs,
  };
  const mode = { name: 'AUTO', normalised: 'mission', customMode: 3, receivedAtMs: atMs } as const;
  const battery = { remainingPct: 80, voltageV: 25, currentA: 10, consumedMah: null, receivedAtMs: atMs };
  const whole = {
    vehicleId: ID,
    connection: 'online',
    armed: true,
    mode,
    position,
    battery,
    velocity: null,
    ...changes,
  };
  return { kind: 'vehicles', states: [whole as unknown as VehicleState] };
}

describe('the flight record', () => {
  it('goes from arming to disarming, with the distance flown', () => {
    const recorder = open();
    recorder.handle({ kind: 'armed', vehicleId: ID, atMs: T0 });
    const flightId = recorder.currentFlight(ID);
    for (let i = 0; i <= 10; i++) recorder.handle(state(T0 + i * 200, 25.28 + i * 1e-4));
    recorder.handle({ kind: 'disarmed', vehicleId: ID, atMs: T0 + 3000 });
    expect(recorder.currentFlight(ID)).toBeNull();
    const [flight] = flights();
    expect(flight).toMatchObject({
      flightId,
      patrolId: 'P-1',
      state: 'closed',
      startedAtMs: T0,
      endedAtMs: T0 + 3000,
    });
    // 0.001° of latitude on Turf's sphere.
    expect(flight?.distanceM).toBeCloseTo(111.2, 0);
    expect(openFlightStore(db).track(flightId ?? '')).toHaveLength(11);
    expect(kinds(flightId ?? '')).toEqual(['armed', 'mode', 'disarmed']);
  });

  it('takes no point twice when a snapshot repeats', () => {
    const recorder = open();
    for (let i = 0; i < 5; i++) recorder.handle(state(T0, 25.28));
    recorder.flush();
    expect(flights()[0]?.trackPoints).toBe(1);
  });

  it('begins for an aircraft that was armed already, and says that it has no patrol', () => {
    const recorder = open(null);
    recorder.handle(state(T0, 25.28));
    expect(flights()[0]).toMatchObject({ state: 'open', patrolId: null });
    recorder.flush();
    expect(openFlightStore(db).events(flights()[0]?.flightId ?? '')[0]?.text).toContain(
      'without an Airgrid patrol',
    );
  });

  it('does not begin for a vehicle that is lost', () => {
    open().handle(state(T0, 25.28, { connection: 'lost' }));
    expect(flights()).toEqual([]);
  });

  it.each([['before'], ['after']])('has its tlog when the recording starts %s the arming', (when) => {
    const recorder = open();
    const recording: BridgeEvent = {
      kind: 'recording-started',
      vehicleId: ID,
      recordingId: 'r',
      path: '/t',
      atMs: T0,
    };
    const armed: BridgeEvent = { kind: 'armed', vehicleId: ID, atMs: T0 };
    for (const event of when === 'before' ? [recording, armed] : [armed, recording]) recorder.handle(event);
    recorder.handle({ kind: 'disarmed', vehicleId: ID, atMs: T0 + 1000 });
    const closed = { vehicleId: ID, recordingId: 'r', path: '/t', frames: 7, bytes: 700, atMs: T0 + 3000 };
    recorder.handle({ kind: 'recording-closed', reason: 'disarmed', ...closed });
    expect(flights()[0]).toMatchObject({ tlogPath: '/t', tlogFrames: 7, tlogBytes: 700 });
  });

  it('marks a lost link as a gap', () => {
    const recorder = open();
    recorder.handle({ kind: 'armed', vehicleId: ID, atMs: T0 });
    recorder.handle({ kind: 'vehicle-lost', vehicleId: ID, silentForMs: 3000 });
    recorder.handle({ kind: 'vehicle-back', vehicleId: ID, silentForMs: 9000 });
    recorder.flush();
    expect(kinds(flights()[0]?.flightId ?? '')).toEqual(['armed', 'link-lost', 'link-back']);
  });

  it('loses nothing when the disk refuses for a while', () => {
    const recorder = open();
    recorder.handle({ kind: 'armed', vehicleId: ID, atMs: T0 });
    recorder.handle(state(T0, 25.28));
    db.exec("CREATE TRIGGER full BEFORE INSERT ON track_points BEGIN SELECT RAISE(ABORT, 'disk full'); END");
    expect(() => recorder.flush()).toThrow('disk full');
    recorder.handle(state(T0 + 200, 25.2801));
    db.exec('DROP TRIGGER full');
    recorder.flush();
    const flightId = flights()[0]?.flightId ?? '';
    expect(openFlightStore(db).track(flightId)).toHaveLength(2);
    expect(kinds(flightId)).toEqual(['armed', 'mode']);
  });

  it('says so when the server stops in flight, and after a kill ends at the last known point', () => {
    const recorder = open();
    recorder.handle({ kind: 'armed', vehicleId: ID, atMs: T0 });
    recorder.handle(state(T0 + 400, 25.28));
    recorder.flush();
    // A second server on the same record is what a restart after kill -9 is.
    open();
    expect(flights()[0]).toMatchObject({ state: 'interrupted', endedAtMs: T0 + 400 });

    const stopped = open();
    stopped.handle({ kind: 'armed', vehicleId: ID, atMs: T0 + 5000 });
    nowMs = T0 + 9000;
    stopped.close();
    expect(flights()[0]).toMatchObject({ state: 'interrupted', endedAtMs: T0 + 9000 });
    expect(kinds(flights()[0]?.flightId ?? '')).toContain('server-stopped');
  });
});
