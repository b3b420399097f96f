/**
 * The smallest PMTiles v3 file that shows something (github.com/protomaps/PMTiles, spec/v3): one vector tile of zoom 0,
 * uncompressed, whose layer `water` covers the whole world.
 */
export function tinyPmtiles(): Buffer {
  const tile = worldOfWater();
  // One entry: tile id 0 (delta), run length 1, length, offset + 1.
  const directory = Buffer.from([1, ...varint(0), ...varint(1), ...varint(tile.length), ...varint(1)]);
  const metadata = Buffer.from(JSON.stringify({ vector_layers: [{ id: 'water', fields: {} }] }));
  const header = Buffer.alloc(127);
  header.write('PMTiles', 0, 'latin1');
  header.writeUInt8(3, 7);
  const sections = [directory.length, metadata.length, 0, tile.length];
  let offset = header.length;
  for (const [index, length] of sections.entries()) {
    header.writeBigUInt64LE(BigInt(offset), 8 + index * 16);
    header.writeBigUInt64LE(BigInt(length), 16 + index * 16);
    offset += length;
  }
  for (const at of [72, 80, 88]) header.writeBigUInt64LE(1n, at);
  header.writeUInt8(1, 96); // clustered
  header.writeUInt8(1, 97); // internal compression: none
  header.writeUInt8(1, 98); // tile compression: none
  header.writeUInt8(1, 99); // tile type: MVT
  header.writeUInt8(0, 100);
  header.writeUInt8(0, 101);
  for (const [index, degE7] of [-1_800_000_000, -850_000_000, 1_800_000_000, 850_000_000].entries()) {
    header.writeInt32LE(degE7, 102 + index * 4);
  }
  return Buffer.concat([header, directory, metadata, tile]);
}

/** A Mapbox Vector Tile 2.1 with one polygon as large as the tile. */
function worldOfWater(): Buffer {
  const zigzag = (value: number) => (value << 1) ^ (value >> 31);
  const EXTENT = 4096;
  const geometry = [
    ...[9, zigzag(0), zigzag(0)], // MoveTo ×1
    ...[26, zigzag(EXTENT), zigzag(0), zigzag(0), zigzag(EXTENT), zigzag(-EXTENT), zigzag(0)], // LineTo ×3
    15, // ClosePath
  ].flatMap(varint);
  const feature = [...field(3, 0), ...varint(3), ...bytes(4, geometry)];
  const name = [...Buffer.from('water')];
  const layer = [
    ...field(15, 0),
    ...varint(2),
    ...bytes(1, name),
    ...bytes(2, feature),
    ...field(5, 0),
    ...varint(EXTENT),
  ];
  return Buffer.from(bytes(3, layer));
}

const field = (number: number, wireType: number) => varint((number << 3) | wireType);
const bytes = (number: number, content: readonly number[]) => [
  ...field(number, 2),
  ...varint(content.length),
  ...content,
];

function varint(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  while (rest > 127) {
    out.push((rest & 127) | 128);
    rest = Math.floor(rest / 128);
  }
  return [...out, rest];
}
