// Part of npm run bench:plan: a grid of 30/180/2,000 cells is subdivided, then read from GeoJSON, KML and Shapefile.
import { strToU8 } from 'fflate';
import { readGridFiles, subdivide, subdivisionQuality } from '../../../dist/missions/index.js';
import { round } from '../report.mjs';

const COUNTS = [30, 180, 2000];
const IMPORT_BAR_MS = 2000;

/** A round-cornered boundary of about 60 km² near Guilin, degrees. */
function boundary() {
  const ring = Array.from({ length: 48 }, (_, k) => {
    const angle = (2 * Math.PI * k) / 48;
    const radiusM = 4370 * (1 + 0.12 * Math.cos(3 * angle) + 0.06 * Math.sin(7 * angle));
    return [110.29 + (radiusM * Math.cos(angle)) / 100_703, 25.28 + (radiusM * Math.sin(angle)) / 110_776];
  });
  return { type: 'Polygon', coordinates: [[...ring, ring[0]]] };
}

const idOf = (cell) => `L${cell.level}-${cell.index}`;
const parentOf = (cell) => (cell.parentIndex === null ? null : `L${cell.level - 1}-${cell.parentIndex}`);

function toGeoJson(cells) {
  const features = cells.map((cell) => ({
    type: 'Feature',
    properties: {
      id: idOf(cell),
      level: cell.level,
      parent: parentOf(cell),
      name: `网格${idOf(cell)}`,
      网格员: '王某',
      电话: '199-0000-0000',
    },
    geometry: cell.polygon,
  }));
  return [{ name: 'grid.geojson', bytes: strToU8(JSON.stringify({ type: 'FeatureCollection', features })) }];
}

function toKml(cells) {
  const data = (name, value) => `<Data name="${name}"><value>${value ?? ''}</value></Data>`;
  const placemark = (cell) =>
    `<Placemark><name>网格${idOf(cell)}</name><ExtendedData>${data('id', idOf(cell))}${data('parent', parentOf(cell))}${data('网格员', '王某')}${data('电话', '199-0000-0000')}</ExtendedData><Polygon><outerBoundaryIs><LinearRing><coordinates>${cell.polygon.coordinates[0].map((p) => p.join(',')).join(' ')}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>`;
  const folders = ['大网格', '小网格', '微网格'].map(
    (name, i) =>
      `<Folder><name>${name}</name>${cells
        .filter((cell) => cell.level === i + 1)
        .map(placemark)
        .join('')}</Folder>`,
  );
  return [
    {
      name: 'grid.kml',
      bytes: strToU8(
        `<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>${folders.join('')}</Document></kml>`,
      ),
    },
  ];
}

/** ESRI Shapefile Technical Description (1998): one polygon of one ring a record, clockwise. */
function toShapefile(cells) {
  const rings = cells.map((cell) => [...cell.polygon.coordinates[0]].reverse());
  const length = 100 + rings.reduce((sum, ring) => sum + 56 + ring.length * 16, 0);
  const shp = new DataView(new ArrayBuffer(length));
  shp.setInt32(0, 9994);
  shp.setInt32(24, length / 2);
  shp.setInt32(28, 1000, true);
  shp.setInt32(32, 5, true);
  let at = 100;
  rings.forEach((ring, i) => {
    shp.setInt32(at, i + 1);
    shp.setInt32(at + 4, (48 + ring.length * 16) / 2);
    shp.setInt32(at + 8, 5, true);
    shp.setInt32(at + 44, 1, true);
    shp.setInt32(at + 48, ring.length, true);
    ring.forEach(([x, y], k) => {
      shp.setFloat64(at + 56 + k * 16, x, true);
      shp.setFloat64(at + 64 + k * 16, y, true);
    });
    at += 56 + ring.length * 16;
  });
  const fields = [
    ['id', 12],
    ['level', 2],
    ['parent', 12],
    ['name', 24],
    ['police', 12],
    ['phone', 16],
  ];
  const recordLength = 1 + fields.reduce((sum, [, width]) => sum + width, 0);
  const headerLength = 33 + fields.length * 32;
  const dbf = new Uint8Array(headerLength + cells.length * recordLength).fill(0x20, headerLength);
  const view = new DataView(dbf.buffer);
  dbf[0] = 3;
  view.setUint32(4, cells.length, true);
  view.setUint16(8, headerLength, true);
  view.setUint16(10, recordLength, true);
  fields.forEach(([name, width], k) => {
    dbf.set(strToU8(name), 32 + k * 32);
    dbf[32 + k * 32 + 11] = 0x43;
    dbf[32 + k * 32 + 16] = width;
  });
  dbf[headerLength - 1] = 0x0d;
  cells.forEach((cell, i) => {
    const values = [
      idOf(cell),
      String(cell.level),
      parentOf(cell) ?? '',
      `网格${idOf(cell)}`,
      '王某',
      '199-0000-0000',
    ];
    let start = headerLength + i * recordLength + 1;
    fields.forEach(([, width], k) => {
      dbf.set(strToU8(values[k]).subarray(0, width), start);
      start += width;
    });
  });
  return [
    { name: 'grid.shp', bytes: new Uint8Array(shp.buffer) },
    { name: 'grid.dbf', bytes: dbf },
    { name: 'grid.cpg', bytes: strToU8('UTF-8') },
  ];
}

/** @param {{ quick: boolean }} options */
export async function measure({ quick }) {
  const started = performance.now();
  const cells = subdivide(boundary(), { counts: COUNTS, seed: 1 });
  const subdivideS = (performance.now() - started) / 1000;
  const quality = subdivisionQuality(cells);
  const balance = Math.max(...quality.map((level) => level.maxOverMean));
  const results = [
    { metric: 'subdivide_2000_s', value: round(subdivideS, 2), unit: 's' },
    {
      metric: 'subdivide_max_over_mean',
      value: round(balance),
      unit: 'largest/mean area',
      bar: '<=1.15',
      holds: balance <= 1.15,
    },
    { metric: 'subdivide_quotient_mean', value: round(quality[2].meanQuotient), unit: '4πA/P², micro cells' },
    { metric: 'subdivide_quotient_min', value: round(quality[2].minQuotient), unit: '4πA/P², micro cells' },
  ];
  const formats = { geojson: toGeoJson(cells), kml: toKml(cells), shapefile: toShapefile(cells) };
  for (const [format, files] of Object.entries(formats)) {
    const times = [];
    // The first run is the one that a user waits for; the median of three is less of an accident.
    for (let run = 0; run < (quick ? 1 : 3); run++) {
      const from = performance.now();
      const { cells: read, issues } = readGridFiles(files);
      times.push(performance.now() - from);
      if (read.length !== cells.length || issues.length > 0) {
        throw new Error(`${format}: ${read.length} cells, issues ${JSON.stringify(issues.slice(0, 3))}`);
      }
    }
    const value = times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
    results.push({
      metric: `grid_import_2000_cells_ms.${format}`,
      value: round(value, 0),
      unit: 'ms',
      bar: `<${IMPORT_BAR_MS}`,
      holds: value < IMPORT_BAR_MS,
    });
  }
  return results;
}
