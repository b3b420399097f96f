import { zipSync } from 'fflate';

/**
 * One body for the importer: a single file as it is, several (a Shapefile's parts, one GeoJSON per level) as a zip
 * that is not compressed.
 */
export async function packFiles(
  files: readonly File[],
): Promise<{ readonly name: string; readonly body: Blob }> {
  const [only] = files;
  if (files.length === 1 && only !== undefined) return { name: only.name, body: only };
  const parts: Record<string, Uint8Array> = {};
  for (const file of files) parts[file.name] = new Uint8Array(await file.arrayBuffer());
  return { name: 'grid.zip', body: new Blob([zipSync(parts, { level: 0 })]) };
}
