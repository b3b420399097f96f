import type { StyleSpecification } from 'maplibre-gl';
import * as maplibregl from 'maplibre-gl';
import type { ConsoleConfig } from '../../contract/index.ts';
import { plainStyle, rasterTilesStyle, vectorTilesStyle } from './base-style.ts';

let protocolAdded = false;

/** What the installation configured: a style, a PMTiles file, or nothing but the ground. */
export async function chooseStyle(map: ConsoleConfig['map']): Promise<StyleSpecification | string> {
  if (map.styleUrl !== null) return map.styleUrl;
  if (map.pmtilesUrl === null) return plainStyle();
  const url = new URL(map.pmtilesUrl, window.location.href).href;
  try {
    const { PMTiles, Protocol, TileType } = await import('pmtiles');
    if (!protocolAdded) {
      maplibregl.addProtocol('pmtiles', new Protocol().tile);
      protocolAdded = true;
    }
    const header = await new PMTiles(url).getHeader();
    return header.tileType === TileType.Mvt ? vectorTilesStyle(url) : rasterTilesStyle(url);
  } catch (error) {
    // A missing base map must not take the district and the drones with it.
    console.warn('The PMTiles base map cannot be read; the plain ground is shown instead.', error);
    return plainStyle();
  }
}
