import type { Errno, FileTree } from './file-tree.ts';
import {
  type Answer,
  ack,
  crcAnswer,
  doneOr,
  type FtpStyle,
  listPage,
  nak,
  nakOf,
  pathOf,
  twoPathsOf,
} from './ftp-answers.ts';
import { ERRNO, type FtpRequest, NAK, OPCODE } from './ftp-wire.ts';

/** What is asked of files by their names, without opening one. */

type PathCommand = (tree: FileTree, path: string, request: FtpRequest, style: FtpStyle) => Answer;

const COMMANDS: ReadonlyMap<number, PathCommand> = new Map<number, PathCommand>([
  [OPCODE.LIST, (tree, path, { offset }, style) => listPage(tree, path, offset, style)],
  [OPCODE.CRC32, (tree, path, _, style) => crcAnswer(tree, path, style)],
  [
    OPCODE.MAKE_DIRECTORY,
    (tree, path, _, style) => doneOr(protection(path, style) ?? tree.makeDirectory(path), style),
  ],
  [OPCODE.REMOVE_FILE, (tree, path, _, style) => remove(tree, path, 'file', style)],
  [OPCODE.REMOVE_DIRECTORY, (tree, path, _, style) => remove(tree, path, 'directory', style)],
  [
    OPCODE.TRUNCATE,
    (tree, path, { offset }, style) => doneOr(protection(path, style) ?? tree.truncate(path, offset), style),
  ],
]);

/** Null: no such command, or one that needs an open file. ArduPilot has no truncate. */
export function fileCommand(tree: FileTree, request: FtpRequest, style: FtpStyle): Answer | null {
  if (request.opcode === OPCODE.RENAME) return rename(tree, request, style);
  if (request.opcode === OPCODE.TRUNCATE && style === 'ardupilot') return null;
  const command = COMMANDS.get(request.opcode);
  if (command === undefined) return null;
  return withPath(request, style, (path) => command(tree, path, request, style));
}

export function withPath(request: FtpRequest, style: FtpStyle, answer: (path: string) => Answer): Answer {
  const path = pathOf(request, style);
  return path === null ? nak(NAK.DATA_SIZE, request.offset) : answer(path);
}

/** PX4 lets nobody write outside of its card. */
export function protection(path: string, style: FtpStyle): Errno | null {
  return style === 'px4' && !path.startsWith('/fs/microsd') ? { errno: ERRNO.ACCESS } : null;
}

/** ArduPilot removes files and empty folders with either command, and says "is a directory" of a full one. */
function remove(tree: FileTree, path: string, what: 'file' | 'directory', style: FtpStyle): Answer {
  const guarded = protection(path, style);
  if (guarded !== null) return nakOf(guarded, style);
  if (style === 'px4')
    return doneOr(what === 'file' ? tree.removeFile(path) : tree.removeDirectory(path), style);
  if (!tree.isDirectory(path)) return doneOr(tree.removeFile(path), style);
  return tree.removeDirectory(path) === null ? ack() : nakOf({ errno: ERRNO.IS_DIRECTORY }, style);
}

function rename(tree: FileTree, request: FtpRequest, style: FtpStyle): Answer {
  const paths = twoPathsOf(request, style);
  if (paths === null) return nak(NAK.DATA_SIZE);
  return doneOr(protection(paths[1], style) ?? tree.rename(...paths), style);
}
