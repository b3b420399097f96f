import type { AutopilotKind } from '../model.ts';
import type { LogEntryReport } from '../protocol/onboard-log-list.ts';
import type { FtpAccess, FtpFailure } from './files-client.ts';

/** A log on board. `logId` is its path, or `log:<number>` where only the log messages know it. */
export interface OnboardLog {
  readonly logId: string;
  /** Null: not reachable as a file. */
  readonly path: string | null;
  readonly name: string;
  readonly sizeBytes: number;
  /** Null: the vehicle does not tell. */
  readonly timeUtcMs: number | null;
}

/** Where the autopilots keep their logs: on boards, under Linux, in SITL (paths are relative there). */
const ARDUPILOT_FOLDERS = ['/APM/LOGS', '/APM/logs', '/logs', '/var/APM/logs'];
const PX4_FOLDERS = ['/fs/microsd/log', '/log'];

/** Through the file transfer. Null: no folder of logs is found there. */
export async function listLogFiles(
  ftp: FtpAccess,
  autopilot: AutopilotKind,
): Promise<{ readonly kind: 'done'; readonly logs: readonly OnboardLog[] } | FtpFailure | null> {
  for (const folder of autopilot === 'px4' ? PX4_FOLDERS : ARDUPILOT_FOLDERS) {
    const found = await listFolder(ftp, folder, autopilot, 0);
    if (found.kind === 'done') return found;
    if (found.kind !== 'refused' && found.kind !== 'unsupported') return found;
  }
  return null;
}

/** PX4 sorts by day or session: one level down. */
async function listFolder(
  ftp: FtpAccess,
  folder: string,
  autopilot: AutopilotKind,
  depth: number,
): Promise<{ readonly kind: 'done'; readonly logs: readonly OnboardLog[] } | FtpFailure> {
  const listed = await ftp.list(folder);
  if (listed.kind !== 'done') return listed;
  const logs: OnboardLog[] = [];
  for (const { name, kind, sizeBytes } of listed.entries) {
    const path = `${folder}/${name}`;
    if (kind === 'directory') {
      if (autopilot !== 'px4' || depth > 0) continue;
      const inside = await listFolder(ftp, path, autopilot, depth + 1);
      if (inside.kind !== 'done') return inside;
      logs.push(...inside.logs);
    } else if (isLog(name, autopilot)) {
      logs.push({ logId: path, path, name, sizeBytes: sizeBytes ?? 0, timeUtcMs: timeOfPath(path) });
    }
  }
  logs.sort((a, b) => (a.logId < b.logId ? -1 : 1));
  return { kind: 'done', logs };
}

function isLog(name: string, autopilot: AutopilotKind): boolean {
  return autopilot === 'px4' ? /\.ulg[ce]?$/i.test(name) : /^\d+\.(bin|log)$/i.test(name);
}

/** PX4 names a log after its start in UTC: `2026-07-13/14_05_59.ulg`. */
function timeOfPath(path: string): number | null {
  const match = /(\d{4})-(\d{2})-(\d{2})\/(\d{2})_(\d{2})_(\d{2})/.exec(path);
  if (match === null) return null;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

export function logOfEntry({ id, sizeBytes, timeUtcMs }: LogEntryReport): OnboardLog {
  return { logId: `log:${id}`, path: null, name: `log ${id}`, sizeBytes, timeUtcMs };
}

/** The number in `log:<number>`; null: it is a path. */
export function entryIdOf(logId: string): number | null {
  const match = /^log:(\d{1,5})$/.exec(logId);
  return match === null ? null : Number(match[1]);
}
