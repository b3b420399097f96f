import type { IssueList } from '../issues.ts';
import { WHOLE_FILE } from '../issues.ts';
import { type InputFile, isZip, unpack } from './archive.ts';
import type { ShapefileParts } from './shapefile-source.ts';
import { isShp } from './shp.ts';

/** What was handed in, sorted by format. */
export interface Recognised {
  readonly geojson: readonly InputFile[];
  readonly kml: readonly InputFile[];
  readonly shapefiles: readonly ShapefileParts[];
  /** Names of files that hold no cells: pictures of a KMZ, read-me files. */
  readonly ignored: readonly string[];
}

/** Files beside a Shapefile that hold nothing of it but indexes and descriptions. */
const SIDECARS = /\.(shx|sbn|sbx|fbn|fbx|ain|aih|ixs|mxs|atx|qix|qpj|qmd|shp\.xml|cst|idm|ind)$/i;
const PARTS = /\.(shp|dbf|prj|cpg)$/i;
/** An archive in an archive is a shared folder that was zipped again; deeper is none. */
const DEEPEST = 2;

/** Unpacks archives and sorts files by what they hold, their name only where the content does not tell. */
export function recognise(files: readonly InputFile[], limitBytes: number, issues: IssueList): Recognised {
  const geojson: InputFile[] = [];
  const kml: InputFile[] = [];
  const parts = new Map<string, { name: string; parts: Map<string, InputFile> }>();
  const ignored: string[] = [];
  const unrecognised: { file: InputFile; inArchive: boolean }[] = [];
  let leftBytes = limitBytes;
  const sort = (file: InputFile, depth: number): void => {
    if (isZip(file.bytes)) {
      if (depth >= DEEPEST) {
        unrecognised.push({ file, inArchive: false });
        return;
      }
      const unpacked = unpack(file, leftBytes);
      if (unpacked.kind === 'files') {
        leftBytes -= unpacked.files.reduce((sum, entry) => sum + entry.bytes.byteLength, 0);
        for (const entry of unpacked.files)
          sort({ name: `${file.name}/${entry.name}`, bytes: entry.bytes }, depth + 1);
      } else reportArchive(file, unpacked, issues);
      return;
    }
    const part =
      isShp(file.bytes) && !/\.shx$/i.test(file.name) ? 'shp' : PARTS.exec(file.name)?.[1]?.toLowerCase();
    if (part !== undefined) {
      const stem = file.name.replace(PARTS, '').toLowerCase();
      const group = parts.get(stem) ?? { name: file.name, parts: new Map<string, InputFile>() };
      if (part === 'shp') group.name = file.name;
      group.parts.set(part, file);
      parts.set(stem, group);
      return;
    }
    if (SIDECARS.test(file.name)) return;
    const start = firstSign(file.bytes);
    if (start === '<' || /\.kml$/i.test(file.name)) kml.push(file);
    else if (start === '{' || start === '[' || /\.(geo)?json$/i.test(file.name)) geojson.push(file);
    else unrecognised.push({ file, inArchive: depth > 0 });
  };
  for (const file of files) sort(file, 0);
  const shapefiles = [...parts.values()].flatMap((group): ShapefileParts[] => {
    const get = (part: string): InputFile | null => group.parts.get(part) ?? null;
    // A .cpg or .prj alone belongs to nothing.
    if (get('shp') === null && get('dbf') === null) {
      ignored.push(...[...group.parts.values()].map((file) => file.name));
      return [];
    }
    return [{ name: group.name, shp: get('shp'), dbf: get('dbf'), prj: get('prj'), cpg: get('cpg') }];
  });
  for (const { file, inArchive } of unrecognised) {
    // Pictures in a KMZ belong there; a file handed in by itself was meant to be read.
    if (inArchive) ignored.push(file.name);
    else {
      const found = file.bytes.byteLength === 0 ? 'nothing (0 bytes)' : describe(file.bytes);
      issues.add(
        'grid.unknown-format',
        WHOLE_FILE,
        `${file.name} is no GeoJSON, KML, KMZ or Shapefile; it holds ${found}.`,
        { found },
      );
    }
  }
  return { geojson, kml, shapefiles, ignored };
}

function reportArchive(
  file: InputFile,
  outcome: Exclude<ReturnType<typeof unpack>, { kind: 'files' }>,
  issues: IssueList,
): void {
  if (outcome.kind === 'too-large') {
    const unpackedMb = Math.round(outcome.unpackedBytes / 1e5) / 10;
    const limitMb = Math.round(outcome.limitBytes / 1e5) / 10;
    issues.add(
      'grid.archive-too-large',
      WHOLE_FILE,
      `${file.name} would unpack to ${unpackedMb} MB or more; ${limitMb} MB are allowed. A grid is far smaller: hand in only its files.`,
      { unpackedMb, limitMb },
    );
    return;
  }
  issues.add(
    'grid.bad-archive',
    WHOLE_FILE,
    `${file.name} cannot be unpacked: ${outcome.reason} Zip it again.`,
    {
      reason: outcome.reason,
    },
  );
}

/** The first character that is no blank, as far as it is ASCII; byte order marks and UTF-16 zeros are passed over. */
function firstSign(bytes: Uint8Array): string {
  for (const byte of bytes.subarray(0, 4096)) {
    if (byte === 0 || byte === 0xef || byte === 0xbb || byte === 0xbf || byte === 0xfe || byte === 0xff)
      continue;
    if (byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d) continue;
    return String.fromCharCode(byte);
  }
  return '';
}

function describe(bytes: Uint8Array): string {
  const head = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  if (head === '25 50 44 46') return 'a PDF';
  if (head === '89 50 4e 47') return 'a PNG picture';
  if (head.startsWith('d0 cf 11 e0')) return 'an old Office document';
  if (head.startsWith('52 61 72 21')) return 'a RAR archive (unpack it first)';
  if (head.startsWith('37 7a bc af')) return 'a 7z archive (unpack it first)';
  return `bytes that begin with ${head}`;
}
