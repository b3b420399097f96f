import type { Notice } from '../../contract/index.ts';
import { patchModel, readModel } from '../state/store.ts';

const KEPT = 400;
const STORAGE_KEY = 'airgrid.acknowledged';

/** Adds notices, newest first, each once; the oldest fall out, an alarm that nobody acknowledged never does. */
export function addNotices(added: readonly Notice[]): void {
  const { notices, acknowledged } = readModel();
  patchModel({ notices: mergeNotices(notices, added, acknowledged) });
}

export function mergeNotices(
  current: readonly Notice[],
  added: readonly Notice[],
  acknowledged: ReadonlySet<string>,
): readonly Notice[] {
  const known = new Set(current.map((notice) => notice.noticeId));
  const all = [...current, ...added.filter((notice) => !known.has(notice.noticeId))];
  all.sort((a, b) => b.atMs - a.atMs);
  return all.filter((notice, index) => index < KEPT || isOpenAlarm(notice, acknowledged));
}

export function isOpenAlarm(notice: Notice, acknowledged: ReadonlySet<string>): boolean {
  return notice.severity === 'alarm' && !acknowledged.has(notice.noticeId);
}

export function acknowledge(noticeIds: readonly string[]): void {
  const acknowledged = new Set([...readModel().acknowledged, ...noticeIds]);
  patchModel({ acknowledged });
  // This browser only; the last few hundred are enough to survive a reload.
  sessionStorage.setItem(STORAGE_KEY, JSON.stringify([...acknowledged].slice(-KEPT)));
}

/** Reads back what this tab acknowledged before a reload. */
export function restoreAcknowledged(): void {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? '[]');
    if (Array.isArray(stored)) patchModel({ acknowledged: new Set(stored.map(String)) });
  } catch {
    // A damaged entry costs nothing but a second acknowledgement.
  }
}
