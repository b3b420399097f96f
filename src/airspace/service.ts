import { randomBytes } from 'node:crypto';
import { type AirspaceZone, isActive, ZoneScan } from '../../missions/index.ts';
import type { Principal } from '../accounts/service.ts';
import type { Audit } from '../audit/audit.ts';
import type {
  Finding,
  ZoneAnswer,
  ZoneBody,
  ZoneChange,
  ZoneImportReport,
  ZoneKind,
  ZoneList,
  ZoneRemoved,
  ZoneView,
} from '../contract/index.ts';
import { AirgridError } from '../errors.ts';
import { requireGoodZone } from './check-zone.ts';
import { toAirspaceZone } from './model.ts';
import type { AirspaceStore } from './store.ts';
import { type FileZone, zonesOfFile } from './zone-file.ts';

export type Changer = Pick<Principal, 'username' | 'roles'>;

/** More than this is another country's airspace; planning looks at each of them. */
const MOST_ZONES = 2000;
const OWN_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * The zones of the district, held in memory. Who changes one is in the audit first; every change has a number, the
 * revision, that plans are held against.
 */
export class AirspaceService {
  readonly #store: AirspaceStore;
  readonly #audit: Audit;
  readonly #nowMs: () => number;
  readonly #listeners = new Set<(change: ZoneChange) => void>();
  readonly #zones: Map<string, ZoneView>;
  #revision: number;
  #scan: ZoneScan | null = null;

  constructor(store: AirspaceStore, audit: Audit, nowMs: () => number) {
    this.#store = store;
    this.#audit = audit;
    this.#nowMs = nowMs;
    this.#revision = store.revision();
    this.#zones = new Map(store.zones().map((zone) => [zone.zoneId, zone]));
  }

  get revision(): number {
    return this.#revision;
  }

  list(): ZoneList {
    return { revision: this.#revision, zones: [...this.#zones.values()] };
  }

  zone(zoneId: string): ZoneView | null {
    return this.#zones.get(zoneId) ?? null;
  }

  /** Those in force at any moment of a span, epoch ms; null: open on that side. */
  inForce(fromMs: number | null, untilMs: number | null): AirspaceZone[] {
    return [...this.#zones.values()].map(toAirspaceZone).filter((zone) => isActive(zone, fromMs, untilMs));
  }

  /** All zones that are not over, to ask where a way comes into one; made anew after each change. */
  get scan(): ZoneScan {
    this.#scan ??= new ZoneScan(this.inForce(this.#nowMs(), null));
    return this.#scan;
  }

  onChange(listener: (change: ZoneChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @throws AirgridError as `requireGoodZone`; `airspace.supervisor-needed`, `airspace.too-many-zones` */
  add(body: ZoneBody, by: Changer): ZoneAnswer {
    this.#requireRoom(1);
    const zone = this.#viewOf(newId(), body, by.username, null);
    requireMayChange([zone], by);
    requireGoodZone(zone, this.#nowMs());
    return this.#put(zone, 'airspace.zone-add', by);
  }

  /** @throws AirgridError as `add`; `airspace.unknown-zone` */
  replace(zoneId: string, body: ZoneBody, by: Changer): ZoneAnswer {
    const before = this.#require(zoneId);
    const zone = this.#viewOf(zoneId, body, by.username, before);
    requireMayChange([before, zone], by);
    requireGoodZone(zone, this.#nowMs());
    return this.#put(zone, 'airspace.zone-change', by);
  }

  /** @throws AirgridError `airspace.unknown-zone`, `airspace.supervisor-needed` */
  remove(zoneId: string, reason: string | null, by: Changer): ZoneRemoved {
    const zone = this.#require(zoneId);
    requireMayChange([zone], by);
    this.#audit.record({
      actor: by.username,
      act: 'airspace.zone-remove',
      target: zoneId,
      details: { kind: zone.kind, name: zone.name, reason },
    });
    this.#commit({ zones: [], removedIds: [zoneId] }, 'airspace.zone-remove', by);
    return { revision: this.#revision };
  }

  /**
   * Adds the zones of a file; one whose id is known replaces that zone. With a zone that cannot be used nothing changes.
   * @param kind of the zones of a KML file, which cannot say it
   */
  importFile(
    file: { readonly name: string; readonly bytes: Uint8Array },
    kind: ZoneKind | null,
    reason: string,
    by: Changer,
  ): ZoneImportReport {
    const { zones: read, remarks } = zonesOfFile(file.name, file.bytes);
    const findings: Finding[] = remarks.map((message) => ({
      severity: 'warning',
      code: 'airspace.file-remark',
      message,
      details: { reason: message },
    }));
    const seen = new Set<string>();
    const zones: ZoneView[] = [];
    for (const [index, one] of read.entries()) {
      try {
        const zone = this.#fromFile(one, kind, reason, by.username);
        if (seen.has(zone.zoneId)) throw duplicate(zone.zoneId);
        seen.add(zone.zoneId);
        requireMayChange([zone], by);
        requireGoodZone(zone, this.#nowMs());
        zones.push(zone);
      } catch (error) {
        if (!(error instanceof AirgridError) || error.code === 'airspace.supervisor-needed') throw error;
        const details = { ...error.details, feature: index + 1 };
        findings.push({ severity: 'error', code: error.code, message: error.message, details });
      }
    }
    const replaced = zones.filter((zone) => this.#zones.has(zone.zoneId)).map((zone) => zone.zoneId);
    const added = zones.map((zone) => zone.zoneId).filter((zoneId) => !replaced.includes(zoneId));
    if (findings.some((finding) => finding.severity === 'error')) {
      return { imported: false, revision: this.#revision, added: [], replaced: [], findings };
    }
    this.#requireRoom(added.length);
    this.#audit.record({
      actor: by.username,
      act: 'airspace.zones-import',
      target: 'airspace',
      details: { file: file.name, added: added.length, replaced: replaced.length, reason },
    });
    this.#commit({ zones, removedIds: [] }, 'airspace.zones-import', by);
    return { imported: true, revision: this.#revision, added, replaced, findings };
  }

  #fromFile(one: FileZone, kind: ZoneKind | null, reason: string, by: string): ZoneView {
    if (one.hasOwnId && !OWN_ID.test(one.zoneId)) {
      throw new AirgridError(
        'airspace.bad-zone',
        `The id "${one.zoneId}" has other characters than letters, digits, dot, dash and underscore, or over 64.`,
        {
          details: {
            zoneId: one.zoneId.slice(0, 64),
            field: 'zoneId',
            reason: 'has other characters than allowed',
          },
        },
      );
    }
    const zoneId = one.hasOwnId ? one.zoneId : newId();
    const body: ZoneBody = {
      ...{ kind: kind ?? one.kind, name: one.name.slice(0, 120), nameEn: one.nameEn, geometry: one.geometry },
      ...{ floorM: one.floorM, ceilingM: one.ceilingM, datum: one.datum },
      ...{ activeFromMs: one.activeFromMs, activeToMs: one.activeToMs },
      reason: (one.reason ?? reason).slice(0, 500),
    };
    return this.#viewOf(zoneId, body, by, this.#zones.get(zoneId) ?? null);
  }

  #put(zone: ZoneView, act: string, by: Changer): ZoneAnswer {
    const { kind, name, floorM, ceilingM, datum, activeFromMs, activeToMs, reason, temporary } = zone;
    this.#audit.record({
      actor: by.username,
      act,
      target: zone.zoneId,
      details: { kind, name, floorM, ceilingM, datum, activeFromMs, activeToMs, reason, temporary },
    });
    this.#commit({ zones: [zone], removedIds: [] }, act, by);
    return { revision: this.#revision, zone };
  }

  #commit(change: Omit<ZoneChange, 'revision'>, act: string, by: Changer): void {
    this.#revision = this.#store.change(change, act, by.username, Math.round(this.#nowMs()));
    for (const zone of change.zones) this.#zones.set(zone.zoneId, zone);
    for (const zoneId of change.removedIds) this.#zones.delete(zoneId);
    this.#scan = null;
    for (const listener of this.#listeners) listener({ ...change, revision: this.#revision });
  }

  #viewOf(zoneId: string, body: ZoneBody, by: string, before: ZoneView | null): ZoneView {
    const nowMs = Math.round(this.#nowMs());
    return {
      zoneId,
      kind: body.kind,
      name: body.name,
      nameEn: body.nameEn === '' ? null : (body.nameEn ?? null),
      geometry: body.geometry,
      floorM: body.floorM ?? null,
      ceilingM: body.ceilingM ?? null,
      datum: body.datum ?? 'above-home',
      activeFromMs: body.activeFromMs ?? null,
      activeToMs: body.activeToMs ?? null,
      reason: body.reason,
      temporary: body.temporary ?? false,
      createdBy: before?.createdBy ?? by,
      createdAtMs: before?.createdAtMs ?? nowMs,
      changedBy: by,
      changedAtMs: nowMs,
    };
  }

  #require(zoneId: string): ZoneView {
    const zone = this.#zones.get(zoneId);
    if (zone !== undefined) return zone;
    throw new AirgridError('airspace.unknown-zone', `There is no zone ${zoneId}.`, { details: { zoneId } });
  }

  #requireRoom(added: number): void {
    if (this.#zones.size + added <= MOST_ZONES) return;
    throw new AirgridError('airspace.too-many-zones', `More than ${MOST_ZONES} zones are not kept.`, {
      details: { most: MOST_ZONES },
      remedy: 'Remove those that are over.',
    });
  }
}

const newId = (): string => `Z-${randomBytes(5).toString('hex')}`;

const duplicate = (zoneId: string): AirgridError =>
  new AirgridError('airspace.duplicate-zone', `Two zones of the file are called ${zoneId}.`, {
    details: { zoneId },
  });

/** An operator may draw, change and end emergency zones of his own; all others are a supervisor's or an admin's. */
function requireMayChange(zones: readonly ZoneView[], by: Changer): void {
  if (by.roles.includes('supervisor') || by.roles.includes('admin')) return;
  const isOwn = zones.every((zone) => zone.temporary && zone.createdBy === by.username);
  if (isOwn && by.roles.includes('operator')) return;
  throw new AirgridError(
    'airspace.supervisor-needed',
    'Lasting zones, and those of others, are changed by a supervisor or an administrator.',
    { remedy: 'In an emergency draw a temporary no-fly zone; else ask a supervisor.' },
  );
}
