import { contentOf, type MadeFolder, type TreeEntry } from '../ftp/file-tree.ts';
import type { FlightLog } from './flight-log.ts';
import type { LogStore } from './log-store.ts';

const LAST_LOG = 'LASTLOG.TXT';

/** ArduPilot's `/APM/LOGS`: `00000001.BIN` … and the number of the newest. */
export function dataflashFolder(store: LogStore): MadeFolder {
  const nameOf = (log: FlightLog) => `${String(log.number).padStart(8, '0')}.BIN`;
  const lastLog = () => Buffer.from(`${store.logs.at(-1)?.number ?? 0}\n`);
  return {
    entries(path) {
      if (path !== '') return null;
      const logs = store.logs.map((log): TreeEntry => fileEntry(nameOf(log), log.sizeBytes));
      return logs.length === 0 ? [] : [...logs, fileEntry(LAST_LOG, lastLog().length)];
    },
    open(path) {
      if (path === LAST_LOG && store.logs.length > 0) return contentOf(lastLog());
      return store.logs.find((log) => nameOf(log) === path)?.open() ?? null;
    },
    remove(path) {
      const found = store.logs.find((log) => nameOf(log) === path);
      return found !== undefined && store.remove(found.number);
    },
  };
}

/** PX4's `/fs/microsd/log`: a folder a day, files named after their start in UTC; `sess001` without a clock. */
export function ulogFolder(store: LogStore): MadeFolder {
  const placeOf = ({ number, context }: FlightLog): readonly [day: string, file: string] => {
    if (context.bootEpochMs === 0) return [`sess${String(number).padStart(3, '0')}`, 'log100.ulg'];
    const start = new Date(context.bootEpochMs + context.startedAtMs).toISOString();
    return [start.slice(0, 10), `${start.slice(11, 19).replaceAll(':', '_')}.ulg`];
  };
  const find = (path: string) => store.logs.find((log) => placeOf(log).join('/') === path);
  return {
    entries(path) {
      const days = new Set(store.logs.map((log) => placeOf(log)[0]));
      if (path === '') return [...days].map((name) => ({ name, kind: 'directory', sizeBytes: 0 }));
      if (!days.has(path)) return null;
      return store.logs
        .filter((log) => placeOf(log)[0] === path)
        .map((log) => fileEntry(placeOf(log)[1], log.sizeBytes));
    },
    open: (path) => find(path)?.open() ?? null,
    remove(path) {
      const found = find(path);
      return found !== undefined && store.remove(found.number);
    },
  };
}

function fileEntry(name: string, sizeBytes: number): TreeEntry {
  return { name, kind: 'file', sizeBytes };
}
