import { type AirspaceZone, checkZones } from '../../missions/index.ts';
import { zonesOfFile } from '../airspace/zone-file.ts';
import { AirgridError } from '../errors.ts';
import { readBytes } from './area-file.ts';

/**
 * Zones from a GeoJSON or KML file (src/airspace/zone-file.ts has the form), for the checker.
 * @throws AirgridError `cli.file-unreadable`, `airspace.bad-file`, `config.invalid`
 */
export function readZones(file: string): readonly AirspaceZone[] {
  const { zones } = zonesOfFile(file, readBytes(file));
  for (const issue of checkZones(zones)) {
    if (issue.severity === 'error') throw new AirgridError('config.invalid', `${file}: ${issue.message}`);
  }
  return zones.map(({ hasOwnId: _own, nameEn: _name, reason: _reason, ...zone }) => zone);
}
