import { type GridFilesResult, type ReadGridFilesOptions, readGridFiles } from '../../missions/index.ts';

export interface GridFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ReadJob {
  readonly files: readonly GridFile[];
  readonly options: ReadGridFilesOptions;
}

/** What the reading thread does with one import. */
export default function readFiles({ files, options }: ReadJob): GridFilesResult {
  return readGridFiles(files, options);
}
