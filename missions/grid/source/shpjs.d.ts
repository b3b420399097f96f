// shpjs ships no typings. Only what is used here.
declare module 'shpjs' {
  /** One GeoJSON geometry (or null) per record; `prj` would reproject, which the grid reader does itself. */
  export function parseShp(shp: DataView, prj?: string): unknown[];
}
