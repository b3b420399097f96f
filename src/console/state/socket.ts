import { io, type Socket } from 'socket.io-client';
import { type ClientToServerEvents, MAX_WATCHED, type ServerToClientEvents } from '../../contract/index.ts';
import { addNotices } from '../notices/notice-store.ts';
import { takeZoneChange } from './airspace-feed.ts';
import { api } from './api.ts';
import { takeFleetSnapshot, takeFleetUpdate } from './fleet-feed.ts';
import { loadGrid } from './grid-feed.ts';
import { type ConnectionState, forgetSession, patchModel, readModel, useConsole } from './store.ts';
import { clearTrails } from './trails.ts';

let socket: Socket<ServerToClientEvents, ClientToServerEvents> | null = null;
let stopWatching: () => void = () => {};

/** Opens the one socket of this console. It reconnects by itself for as long as somebody is signed in. */
export function openSocket(): void {
  if (socket !== null) return;
  setConnection('connecting');
  const opened: Socket<ServerToClientEvents, ClientToServerEvents> = io({
    path: '/socket.io',
    transports: ['websocket', 'polling'],
    reconnectionDelay: 400,
    reconnectionDelayMax: 3000,
    timeout: 5000,
  });
  socket = opened;

  opened.on('connect', () => {
    setConnection('online');
    opened.emit('watch', watched(readModel().selectedVehicleIds));
  });
  // The aircraft that somebody looks at send more often than the rest of a big fleet.
  stopWatching = useConsole.subscribe(
    (model) => model.selectedVehicleIds,
    (selected) => opened.emit('watch', watched(selected)),
  );
  opened.on('disconnect', (reason) => {
    setConnection('offline');
    // The server closed it on purpose, so socket.io does not try again by itself.
    if (reason === 'io server disconnect') void checkSessionThenReconnect();
  });
  opened.on('connect_error', () => {
    setConnection('offline');
    // A refused handshake (session gone) is not retried by socket.io; a broken network is.
    if (!opened.active) void checkSessionThenReconnect();
  });

  opened.on('fleet:snapshot', takeFleetSnapshot);
  opened.on('fleet:update', (update) => takeFleetUpdate(update.vehicles));
  opened.on('link:update', (link) => patchModel({ links: { ...readModel().links, [link.linkId]: link } }));
  opened.on('patrol:snapshot', (patrols) =>
    patchModel({ patrols: Object.fromEntries(patrols.map((patrol) => [patrol.patrolId, patrol])) }),
  );
  opened.on('patrol:update', (patrol) =>
    patchModel({ patrols: { ...readModel().patrols, [patrol.patrolId]: patrol } }),
  );
  opened.on('flight:update', (flight) =>
    patchModel({ flightUpdates: { ...readModel().flightUpdates, [flight.flightId]: flight } }),
  );
  opened.on('grid:changed', ({ revision }) => {
    if (readModel().grid?.revision !== revision) void loadGrid();
  });
  opened.on('airspace:changed', takeZoneChange);
  opened.on('airspace:conflicts', (list) => patchModel({ zoneConflicts: list.conflicts }));
  opened.on('notice', (notice) => addNotices([notice]));
  opened.on('notice:snapshot', addNotices);
  opened.on('session:ended', () => {
    closeSocket();
    forgetSession();
  });
}

export function closeSocket(): void {
  stopWatching();
  socket?.close();
  socket = null;
  clearTrails();
}

/** The newest of the selection. */
function watched(selected: readonly string[]): readonly string[] {
  return selected.slice(-MAX_WATCHED);
}

function setConnection(state: ConnectionState): void {
  const { connection } = readModel();
  if (connection.state === state) return;
  // While it tries and fails, the loss counts from its beginning.
  patchModel({
    connection: {
      state,
      sinceMs: performance.now(),
      everOnline: connection.everOnline || state === 'online',
    },
  });
}

async function checkSessionThenReconnect(): Promise<void> {
  try {
    await api.session();
  } catch {
    // 401 has already signed this console out (api.ts); anything else is the network.
  }
  setTimeout(() => socket?.connect(), 1500);
}
