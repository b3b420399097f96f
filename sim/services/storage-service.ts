import type { OnboardHost, OnboardService, OnboardServiceFactory } from '../vehicle/onboard-service.ts';
import { contentOf, FileTree, type MadeFolder } from './ftp/file-tree.ts';
import type { FtpStyle } from './ftp/ftp-answers.ts';
import { ftpService } from './ftp/ftp-service.ts';
import { missionFile } from './ftp/mission-file.ts';
import { parameterPackFile } from './ftp/parameter-pack.ts';
import { dataflashFormat } from './logs/dataflash-format.ts';
import { FlightRecorder } from './logs/flight-recorder.ts';
import { dataflashFolder, ulogFolder } from './logs/log-folders.ts';
import { LogStore } from './logs/log-store.ts';
import { LogTransfer } from './logs/log-transfer.ts';
import { ULOG_FORMAT } from './logs/ulog-format.ts';

/** What a ground station may write aboard; the logs have a budget of their own (logs/log-store.ts). */
const CARD_BYTES = 512 * 1024;
const SYS_ANNOUNCED_BYTES = 100_000;

/** The files and logs of an ArduPilot, on a board with a card. `modeNumber` of a mode's name in the truth. */
export function ardupilotStorage(options: {
  readonly firmware: string;
  readonly modeNumber: (mode: string) => number;
}): OnboardServiceFactory {
  return (host) => {
    const store = new LogStore(dataflashFormat(options.firmware, options.modeNumber));
    const tree = new FileTree({
      directories: ['/APM', '/APM/TERRAIN'],
      made: {
        '/APM/LOGS': dataflashFolder(store),
        '@PARAM': parameterFolder(host),
        '@MISSION': missionFolder(host),
        '@ROMFS': fixedFolder(
          { 'locations.txt': '#NAME=latitude,longitude,absolute-altitude,heading\n' },
          null,
        ),
        '@SYS': fixedFolder({ 'uarts.txt': UARTS, 'memory.txt': MEMORY }, SYS_ANNOUNCED_BYTES),
      },
      capacityBytes: CARD_BYTES,
    });
    return storageService(host, store, tree, 'ardupilot', options.firmware);
  };
}

/** The files and logs of a PX4. */
export function px4Storage(): OnboardServiceFactory {
  return (host) => {
    const store = new LogStore(ULOG_FORMAT);
    const tree = new FileTree({
      directories: ['/fs/microsd', '/etc/extras'],
      made: { '/fs/microsd/log': ulogFolder(store) },
      files: { '/etc/extras/README.txt': Buffer.from('Metadata is not part of the simulated aircraft.\n') },
      capacityBytes: CARD_BYTES,
    });
    return storageService(host, store, tree, 'px4');
  };
}

/** Files by FTP, the flight's log, and its messages, over one store. */
function storageService(
  host: OnboardHost,
  store: LogStore,
  tree: FileTree,
  style: FtpStyle,
  banner = '',
): OnboardService {
  const ftp = ftpService(host, tree, style, banner);
  const recorder = new FlightRecorder(host, store);
  const transfer = new LogTransfer(host, store, style);
  return {
    ...ftp,
    name: 'storage',
    handle: (message, from, targetComponent, wallMs) =>
      transfer.handle(message, from, wallMs) || ftp.handle?.(message, from, targetComponent, wallMs) === true,
    armed: (isArmed) => recorder.armed(isArmed),
    step: (dtS) => recorder.step(dtS),
    tick(wallMs) {
      transfer.tick(wallMs);
      ftp.tick?.(wallMs);
    },
    rebooted() {
      recorder.rebooted();
      transfer.reset();
      ftp.rebooted?.();
    },
    fault(fault, isActive) {
      if (fault.kind !== 'log-erased') {
        recorder.fault(fault, isActive);
        return false;
      }
      if (isActive) store.eraseAll();
      return true;
    },
  };
}

function parameterFolder(host: OnboardHost): MadeFolder {
  return {
    entries: () => null,
    open(path) {
      const [name, query = ''] = path.split('?');
      if (name !== 'param.pck') return null;
      // Defaults are not kept aboard: asked for, they are told as equal, which is told by leaving them out.
      const withDefaults = query.includes('withdefaults=1');
      const parameters = host.parameters().map(({ name: id, type, value }) => ({
        name: id,
        type,
        value,
        defaultValue: withDefaults ? value : null,
      }));
      return parameterPackFile(parameters);
    },
  };
}

const MISSION_FILES: ReadonlyMap<string, 0 | 1 | 2> = new Map([
  ['mission.dat', 0],
  ['fence.dat', 1],
  ['rally.dat', 2],
]);

function missionFolder(host: OnboardHost): MadeFolder {
  return {
    entries: () => null,
    open(path) {
      const type = MISSION_FILES.get(path);
      return type === undefined ? null : missionFile(type, host.stored(type), host);
    },
  };
}

/** @param announcedBytes null: the true size */
function fixedFolder(files: Readonly<Record<string, string>>, announcedBytes: number | null): MadeFolder {
  const sizeOf = (text: string) => announcedBytes ?? Buffer.byteLength(text);
  return {
    entries: (path) =>
      path !== ''
        ? null
        : Object.entries(files).map(([name, text]) => ({ name, kind: 'file', sizeBytes: sizeOf(text) })),
    open(path) {
      const text = files[path];
      return text === undefined ? null : contentOf(Buffer.from(text), sizeOf(text));
    },
  };
}

const UARTS = 'UARTV1\nSERIAL0 TX=   50189 RX=    3429 TXBD= 45081 RXBD=  3069\n';
const MEMORY = 'MemInfoV1\nDMA reserved 0 bytes\n';
