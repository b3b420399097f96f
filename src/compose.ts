import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { type Bridge, type BridgeConfig, type BridgeEvent, openBridge } from '../firmware-bridge/index.ts';
import { openPasswordHasher } from './accounts/password.ts';
import { AccountService } from './accounts/service.ts';
import { openAccountStore } from './accounts/store.ts';
import { flightsNow } from './airspace/flights.ts';
import { AirspaceService } from './airspace/service.ts';
import { openAirspaceStore } from './airspace/store.ts';
import { ConflictWatch } from './airspace/watch.ts';
import { type AppParts, buildApp } from './app.ts';
import { openAudit } from './audit/audit.ts';
import { bridgeConfig } from './config/bridge-config.ts';
import type { Settings } from './config/settings.ts';
import type { ServerInfo } from './contract/index.ts';
import { AirgridError } from './errors.ts';
import { FlightRecorder } from './evidence/flight-recorder.ts';
import { EvidenceService } from './evidence/service.ts';
import { openFlightStore } from './evidence/store.ts';
import { GotoDesk, type GuidedBridge } from './fleet/goto.ts';
import { Interest } from './fleet/interest.ts';
import { FleetService, parseVehicleNames } from './fleet/service.ts';
import { openGridReader } from './grid/reader.ts';
import { GridService } from './grid/service.ts';
import { openGridStore } from './grid/store.ts';
import { openPlanner } from './patrol/planner.ts';
import { type MissionPointer, PatrolService } from './patrol/service.ts';
import { openPatrolStore } from './patrol/store.ts';
import { NoticeBoard } from './realtime/notices.ts';
import { Realtime } from './realtime/realtime.ts';
import { openDatabase } from './store/database.ts';

export interface AirgridOptions {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly version: string;
  readonly demoSignIn?: NonNullable<ServerInfo['demoSignIn']>;
  /** Another way to the aircraft than this process's own links: tests, later a bridge on another machine. */
  readonly connectBridge?: (config: BridgeConfig) => Promise<ServedBridge>;
  /** scrypt's N; default as OWASP advises. Tests take less: half of their time went into it. */
  readonly passwordCost?: number;
}

/** What the rooms of the server use of a bridge. */
export type ServedBridge = Bridge & GuidedBridge & MissionPointer;

export interface Airgrid {
  readonly accounts: AccountService;
  readonly grid: GridService;
  readonly bridge: Bridge;
  /** Where the console answers, e.g. `http://127.0.0.1:8080`. */
  readonly url: string;
  close(): Promise<void>;
}

/** The record is written this often; a kill in between loses at most that much of the index, nothing of the tlog. */
const FLUSH_EVERY_MS = 1000;

/** Aircraft are held against the zones this often, besides at once when a zone changes. */
const WATCH_ZONES_EVERY_MS = 1000;

/** Epoch milliseconds that never step back while the server runs. */
const nowMs = (): number => performance.timeOrigin + performance.now();

/**
 * Wires the house: config → store → links → fleet → http → realtime. The only place that knows all rooms.
 * @throws AirgridError when the database, a setting or the web port does not allow a start. A link that does not open is
 *   no reason: it is told, and tried again.
 */
export async function startAirgrid(options: AirgridOptions): Promise<Airgrid> {
  const { settings, logger } = options;
  const dataDir = resolve(settings.data.dir);
  const recordingDir = join(dataDir, 'flights');
  makeDirectory(recordingDir);
  const vehicleNames = parseVehicleNames(settings.fleet.names);
  const bridgeSettings = bridgeConfig(settings, dataDir, recordingDir);

  const db = openDatabase(join(dataDir, 'airgrid.db'));
  const audit = openAudit(db, nowMs, (error, entry) =>
    logger.error(
      { err: error, act: entry.act, target: entry.target },
      'A safety action could not be written to the audit',
    ),
  );
  const accounts = new AccountService(
    openAccountStore(db),
    audit,
    openPasswordHasher(options.passwordCost),
    {
      idleTimeoutMs: settings.accounts.idleTimeoutMin * 60_000,
      absoluteTimeoutMs: settings.accounts.absoluteTimeoutH * 3_600_000,
      lockoutFailures: settings.accounts.lockoutFailures,
      lockoutMs: settings.accounts.lockoutMin * 60_000,
    },
    nowMs,
  );
  const gridReader = openGridReader();
  const grid = new GridService(openGridStore(db), audit, gridReader, nowMs);
  const airspace = new AirspaceService(openAirspaceStore(db), audit, nowMs);
  const connectBridge =
    options.connectBridge ?? ((config) => openBridge(config, { logger: logger.child({ room: 'bridge' }) }));
  const bridge = await connectBridge(bridgeSettings);
  // The links are open from here on, the rooms not yet: an aircraft in flight is heard while the server still starts.
  const early: BridgeEvent[] = [];
  let deliver = (event: BridgeEvent): void => void early.push(event);
  const unsubscribe = bridge.subscribe((event) => deliver(event));

  const fleet: FleetService = new FleetService(
    bridge,
    vehicleNames,
    (vehicleId) => {
      const at = patrols.assignment(vehicleId);
      return {
        patrolId: at?.patrolId ?? null,
        sortieId: at?.sortieId ?? null,
        flightId: recorder.currentFlight(vehicleId),
      };
    },
    nowMs,
  );
  const flightStore = openFlightStore(db);
  const recorder: FlightRecorder = new FlightRecorder(
    flightStore,
    {
      vehicleName: (vehicleId) => fleet.nameOf(vehicleId),
      patrolOf: (vehicleId) => patrols.assignment(vehicleId)?.patrolId ?? null,
    },
    nowMs,
  );
  const planner = openPlanner();
  const { aircraft, patrol } = settings;
  const patrols: PatrolService = new PatrolService(
    {
      bridge,
      fleet,
      grid,
      airspace,
      planner,
      store: openPatrolStore(db),
      audit,
      logger: logger.child({ room: 'patrol' }),
      nowMs,
      currentFlight: (vehicleId) => recorder.currentFlight(vehicleId),
    },
    aircraft,
    {
      relativeAltitudeM: patrol.relativeAltitudeM,
      maxRelativeAltitudeM: patrol.maxRelativeAltitudeM,
      layerSpacingM: patrol.layerSpacingM,
      sideOverlapFraction: patrol.sideOverlapFraction,
      previewValidMs: patrol.previewValidS * 1000,
    },
  );
  const evidence = new EvidenceService(flightStore, audit, (patrolId) => patrols.order(patrolId));
  const interest = new Interest(
    bridge,
    (vehicleId) => patrols.assignment(vehicleId) !== null,
    (error) => logger.error({ err: error }, 'The telemetry rates could not be changed'),
  );
  const notices = new NoticeBoard((vehicleId) => fleet.nameOf(vehicleId), nowMs);

  const gotoDesk = new GotoDesk(
    {
      bridge,
      fleet,
      zones: () => airspace.scan,
      audit,
      note: (vehicleId, kind, text, details) => recorder.note(vehicleId, kind, text, details),
      isLaunching: (vehicleId) => {
        const state = patrols.sortieOf(vehicleId)?.state;
        return state === 'preparing' || state === 'launching';
      },
      divert: (vehicleId, diversion) => patrols.divert(vehicleId, diversion),
      nowMs,
    },
    { profile: aircraft, maxRelativeAltitudeM: patrol.maxRelativeAltitudeM },
  );
  const zoneWatch = new ConflictWatch({
    airspace,
    flights: () =>
      flightsNow({
        states: fleet.states(),
        nameOf: (vehicleId) => fleet.nameOf(vehicleId),
        sortieOf: (vehicleId) => patrols.sortieOf(vehicleId),
        targetOf: (vehicleId) => gotoDesk.targetOf(vehicleId),
        cruiseSpeedMps: aircraft.cruiseSpeedMps,
      }),
    tell: ({ vehicleId, ...news }) => {
      notices.post({ ...news, vehicleId });
      recorder.note(vehicleId, 'airspace', news.message, { ...news.details, code: news.code });
    },
    nowMs,
  });

  /** In the order that keeps the record: the bridge tells of closed recordings before its listeners go. */
  const closeRooms = async (): Promise<void> => {
    await bridge.close();
    await patrols.close();
    await planner.close();
    await gridReader.close();
    recorder.close();
    db.close();
  };
  const parts: AppParts = {
    settings,
    logger,
    version: options.version,
    accounts,
    audit,
    grid,
    fleet,
    patrols,
    evidence,
    airspace: { airspace, watch: zoneWatch },
    gotoDesk,
    noteAction: (vehicleId, actor, action, result) => {
      recorder.note(vehicleId, 'command', `${action} by ${actor}: ${result.message}`, {
        actor,
        action,
        outcome: result.outcome,
      });
      logger.info({ vehicleId, action, actor, outcome: result.outcome }, 'An operator acted on an aircraft');
    },
    demoSignIn: options.demoSignIn ?? null,
  };
  const app = await buildApp(parts).catch(async (error: unknown) => {
    await closeRooms();
    throw error;
  });
  const realtime = new Realtime(app.server, {
    accounts,
    fleet,
    recentPatrols: () => patrols.recent(),
    recentNotices: () => notices.recent(),
    airspaceRevision: () => airspace.revision,
    zoneConflicts: () => zoneWatch.list(),
    logger,
    allowedOrigins: () => settings.server.origins,
    onWatch: (consoleId, vehicleIds) => interest.watch(consoleId, vehicleIds),
    rateHz: settings.realtime.rateHz,
    nowMs,
  });

  patrols.onChange((view) => {
    realtime.sendPatrol(view);
    notices.handlePatrol(view);
    interest.refresh();
  });
  recorder.onChange((flightId) => realtime.sendFlight(evidence.summary(flightId)));
  notices.onNotice((notice) => realtime.sendNotice(notice));
  grid.onChange((revision) => realtime.sendGridChanged(revision));
  zoneWatch.onChange((list) => realtime.sendZoneConflicts(list));
  airspace.onChange((change) => {
    realtime.sendZones(change);
    try {
      zoneWatch.zonesChanged(change);
    } catch (error) {
      // The zone is in force: whoever drew it must not be told otherwise. The next second looks again.
      logger.error(
        { err: error, revision: change.revision },
        'A changed zone could not be held against the aircraft',
      );
    }
  });
  // The record first: the patrol room asks it for the flight that an `armed` has begun.
  const receivers: ((event: BridgeEvent) => void)[] = [
    (event) => recorder.handle(event),
    (event) => patrols.handle(event),
    (event) => notices.handle(event),
    (event) => gotoDesk.handle(event),
    (event) => realtime.handle(event),
    (event) => interest.handle(event),
  ];
  deliver = (event) => {
    for (const receive of receivers) {
      try {
        receive(event);
      } catch (error) {
        // One room's trouble (a full disk, say) must not keep the event from the others.
        logger.error({ err: error, event: event.kind }, 'A room failed on a bridge event');
      }
    }
  };
  for (const event of early.splice(0)) deliver(event);
  const flushTimer = setInterval(() => {
    try {
      recorder.flush();
    } catch (error) {
      logger.error(
        { err: error },
        'The flight record could not be written; it is kept in memory and tried again',
      );
    }
  }, FLUSH_EVERY_MS);

  const zoneTimer = setInterval(() => {
    try {
      zoneWatch.check();
    } catch (error) {
      logger.error({ err: error }, 'The aircraft could not be held against the zones; it is tried again');
    }
  }, WATCH_ZONES_EVERY_MS);

  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    clearInterval(flushTimer);
    clearInterval(zoneTimer);
    await realtime.close();
    await app.close();
    const flying = fleet.states().filter((state) => state.armed === true);
    for (const state of flying) {
      logger.warn(
        { vehicleId: state.vehicleId, name: fleet.nameOf(state.vehicleId), mode: state.mode?.name ?? null },
        'This aircraft is flying: it is left to its own mission and failsafe',
      );
    }
    await closeRooms();
    unsubscribe();
  };

  try {
    await listen(app, settings);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    accounts,
    grid,
    bridge,
    url: addressOf(app, settings),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    throw new AirgridError('config.data-dir', `The folder ${path} (data.dir) cannot be made or written.`, {
      cause,
      remedy: 'Choose another data.dir or change its owner.',
    });
  }
}

async function listen(app: FastifyInstance, settings: Settings): Promise<void> {
  const { host, port } = settings.server;
  try {
    await app.listen({ host, port, listenTextResolver: (address) => `The web server listens on ${address}` });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const reason =
      code === 'EADDRINUSE'
        ? `Port ${port} is in use by another program.`
        : code === 'EACCES'
          ? `Port ${port} needs more rights than this user has.`
          : `The web server cannot listen on ${host}:${port} (${code ?? String(cause)}).`;
    throw new AirgridError('server.listen-failed', reason, {
      cause,
      details: { host, port },
      remedy: 'Choose another with --port or server.port; 0 takes a free one.',
    });
  }
}

function addressOf(app: FastifyInstance, settings: Settings): string {
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : settings.server.port;
  const { host, tlsCertFile } = settings.server;
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `${tlsCertFile === '' ? 'http' : 'https'}://${shown}:${port}`;
}
