import { ERRNO } from './ftp-wire.ts';

/** The files aboard one aircraft, as its FTP server sees them: a small writable card and folders made up on demand. */

/** An opened file. Reading beyond its end gives nothing. */
export interface FileContent {
  /** What the open answer tells; of made-up files that is not the true size (ArduPilot's parameter file). */
  readonly announcedBytes: number;
  /** @returns at most `length` bytes, or an errno */
  read(offset: number, length: number): Uint8Array | Errno;
}

export interface Errno {
  readonly errno: number;
}

export interface TreeEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory';
  readonly sizeBytes: number;
}

/** A folder whose files are made when they are opened: logs, ArduPilot's `@PARAM`. */
export interface MadeFolder {
  /** `path` within the folder, '' for itself. Null: no such folder, or none that can be listed (`@PARAM`). */
  entries(path: string): readonly TreeEntry[] | null;
  /** Null: there is no such file. */
  open(path: string): FileContent | null;
  /** False: there is no such file. Without it nothing in the folder can be removed. */
  remove?(path: string): boolean;
}

interface MadePlace {
  readonly folder: MadeFolder;
  /** Within the folder; '' for itself. */
  readonly path: string;
}

export interface FileTreeOptions {
  /** `/fs/microsd`: directories that are there from the start, parents included. */
  readonly directories: readonly string[];
  /** By path, without a slash at the end; `@PARAM` too. */
  readonly made: Readonly<Record<string, MadeFolder>>;
  readonly files?: Readonly<Record<string, Uint8Array>>;
  /** What may be written aboard, in bytes; ENOSPC beyond. 500 aircraft share one process. */
  readonly capacityBytes: number;
}

const errno = (code: number): Errno => ({ errno: code });

export function isErrno(value: object): value is Errno {
  return 'errno' in value;
}

export class FileTree {
  readonly #made: ReadonlyMap<string, MadeFolder>;
  readonly #directories: Set<string>;
  readonly #files = new Map<string, Buffer>();
  readonly #capacityBytes: number;

  constructor(options: FileTreeOptions) {
    this.#made = new Map(Object.entries(options.made));
    this.#directories = new Set(['/']);
    this.#capacityBytes = options.capacityBytes;
    const paths = [...options.directories, ...this.#made.keys()];
    for (const path of paths) this.#addWithParents(path);
    for (const [path, bytes] of Object.entries(options.files ?? {})) {
      this.#addWithParents(parentOf(path));
      this.#files.set(path, Buffer.from(bytes));
    }
  }

  list(path: string): readonly TreeEntry[] | Errno {
    const folder = clean(path);
    const made = this.#madePlace(folder);
    if (made !== null) return made.folder.entries(made.path) ?? errno(ERRNO.NOT_FOUND);
    if (!this.#directories.has(folder)) {
      return errno(this.#files.has(folder) ? ERRNO.NOT_DIRECTORY : ERRNO.NOT_FOUND);
    }
    const entries: TreeEntry[] = [];
    for (const directory of this.#directories) {
      if (directory !== folder && parentOf(directory) === folder) {
        entries.push({ name: nameOf(directory), kind: 'directory', sizeBytes: 0 });
      }
    }
    for (const [file, bytes] of this.#files) {
      if (parentOf(file) === folder) {
        entries.push({ name: nameOf(file), kind: 'file', sizeBytes: bytes.length });
      }
    }
    if (folder !== '/') return entries;
    // ArduPilot shows its made-up folders in the root, those that can be listed.
    for (const [name, made] of this.#made) {
      if (name.startsWith('@') && made.entries('') !== null) {
        entries.push({ name, kind: 'directory', sizeBytes: 0 });
      }
    }
    return entries;
  }

  open(path: string): FileContent | Errno {
    const file = clean(path);
    if (this.isDirectory(file)) return errno(ERRNO.IS_DIRECTORY);
    const made = this.#madePlace(file);
    if (made !== null) return made.folder.open(made.path) ?? errno(ERRNO.NOT_FOUND);
    const first = this.#files.get(file);
    if (first === undefined) return errno(ERRNO.NOT_FOUND);
    return {
      announcedBytes: first.length,
      read: (offset, length) => (this.#files.get(file) ?? Buffer.alloc(0)).subarray(offset, offset + length),
    };
  }

  /** Made when it is not there; `empty`: what was in it is gone. Null: it can be written. */
  openForWriting(path: string, how: { readonly empty: boolean }): Errno | null {
    const file = clean(path);
    if (this.isDirectory(file)) return errno(ERRNO.IS_DIRECTORY);
    if (this.#madePlace(file) !== null || file.startsWith('@')) return errno(ERRNO.READ_ONLY);
    if (!this.#directories.has(parentOf(file))) return errno(ERRNO.NOT_FOUND);
    if (!this.#files.has(file) || how.empty) this.#files.set(file, Buffer.alloc(0));
    return null;
  }

  write(path: string, offset: number, bytes: Uint8Array): Errno | null {
    const file = clean(path);
    const before = this.#files.get(file);
    if (before === undefined) return errno(ERRNO.BAD_DESCRIPTOR);
    const size = Math.max(before.length, offset + bytes.length);
    if (this.#usedBytes() - before.length + size > this.#capacityBytes) return errno(ERRNO.NO_SPACE);
    const after = size === before.length ? before : Buffer.alloc(size);
    if (after !== before) before.copy(after);
    after.set(bytes, offset);
    this.#files.set(file, after);
    return null;
  }

  truncate(path: string, sizeBytes: number): Errno | null {
    const file = clean(path);
    const before = this.#files.get(file);
    if (before === undefined) return this.#whyNotAFile(file);
    const grows = sizeBytes - before.length;
    if (grows > 0 && this.#usedBytes() + grows > this.#capacityBytes) return errno(ERRNO.NO_SPACE);
    const after = Buffer.alloc(sizeBytes);
    before.copy(after);
    this.#files.set(file, after);
    return null;
  }

  removeFile(path: string): Errno | null {
    const file = clean(path);
    const made = this.#madePlace(file);
    if (made !== null) {
      if (made.folder.remove === undefined) return errno(ERRNO.READ_ONLY);
      return made.folder.remove(made.path) ? null : errno(ERRNO.NOT_FOUND);
    }
    return this.#files.delete(file) ? null : this.#whyNotAFile(file);
  }

  removeDirectory(path: string): Errno | null {
    const folder = clean(path);
    if (this.#files.has(folder)) return errno(ERRNO.NOT_DIRECTORY);
    if (this.#madePlace(folder) !== null) return errno(ERRNO.ACCESS);
    if (!this.#directories.has(folder)) return errno(ERRNO.NOT_FOUND);
    if (folder === '/') return errno(ERRNO.ACCESS);
    const inside = this.list(folder);
    if (isErrno(inside)) return inside;
    if (inside.length > 0) return errno(ERRNO.NOT_EMPTY);
    this.#directories.delete(folder);
    return null;
  }

  makeDirectory(path: string): Errno | null {
    const folder = clean(path);
    if (this.isDirectory(folder) || this.#files.has(folder)) return errno(ERRNO.EXISTS);
    if (folder.startsWith('@') || this.#madePlace(folder) !== null) return errno(ERRNO.READ_ONLY);
    if (!this.#directories.has(parentOf(folder))) return errno(ERRNO.NOT_FOUND);
    // An entry costs memory as a file does.
    if (this.#directories.size >= MAX_DIRECTORIES) return errno(ERRNO.NO_SPACE);
    this.#directories.add(folder);
    return null;
  }

  /** Files only: nobody renames folders aboard. */
  rename(from: string, to: string): Errno | null {
    const source = clean(from);
    const target = clean(to);
    const bytes = this.#files.get(source);
    if (bytes === undefined) return this.#whyNotAFile(source);
    if (this.#madePlace(target) !== null) return errno(ERRNO.READ_ONLY);
    if (!this.#directories.has(parentOf(target))) return errno(ERRNO.NOT_FOUND);
    if (this.isDirectory(target)) return errno(ERRNO.IS_DIRECTORY);
    this.#files.delete(source);
    this.#files.set(target, bytes);
    return null;
  }

  isDirectory(path: string): boolean {
    const folder = clean(path);
    if (this.#directories.has(folder)) return true;
    const made = this.#madePlace(folder);
    return made !== null && made.folder.entries(made.path) !== null;
  }

  /** The made folder that a path is in, or is. */
  #madePlace(path: string): MadePlace | null {
    for (const [name, folder] of this.#made) {
      if (path === name) return { folder, path: '' };
      if (path.startsWith(`${name}/`)) return { folder, path: path.slice(name.length + 1) };
    }
    return null;
  }

  #whyNotAFile(path: string): Errno {
    return errno(this.isDirectory(path) ? ERRNO.IS_DIRECTORY : ERRNO.NOT_FOUND);
  }

  #usedBytes(): number {
    let used = 0;
    for (const bytes of this.#files.values()) used += bytes.length;
    return used;
  }

  #addWithParents(path: string): void {
    for (let folder = path; folder !== '/' && folder !== ''; folder = parentOf(folder)) {
      this.#directories.add(folder);
    }
  }
}

const MAX_DIRECTORIES = 200;

/** One slash in front unless it is one of ArduPilot's `@` folders, none behind; `//` is `/`. */
function clean(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const joined = parts.join('/');
  return joined.startsWith('@') ? joined : `/${joined}`;
}

/** Of `@PARAM/param.pck` it is `@PARAM`; of `@PARAM` and of `/` nothing: they have no parent. */
function parentOf(path: string): string {
  const cut = path.lastIndexOf('/');
  if (cut === 0) return path === '/' ? '' : '/';
  return cut < 0 ? '' : path.slice(0, cut);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Bytes that are there already, as an opened file. */
export function contentOf(bytes: Uint8Array, announcedBytes: number = bytes.length): FileContent {
  return { announcedBytes, read: (offset, length) => bytes.subarray(offset, offset + length) };
}
