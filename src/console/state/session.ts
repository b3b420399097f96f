import type { SessionView } from '../../contract/index.ts';
import { restoreAcknowledged } from '../notices/notice-store.ts';
import { ApiError, api, onSignedOut } from './api.ts';
import { loadGrid } from './grid-feed.ts';
import { closeSocket, openSocket } from './socket.ts';
import { forgetSession, patchModel, readModel } from './store.ts';

/** What happens between opening the page and having a live picture. */
export async function startSession(): Promise<void> {
  onSignedOut(() => {
    if (readModel().session.kind !== 'signed-in') return;
    closeSocket();
    forgetSession();
  });
  const [info, session] = await Promise.allSettled([api.serverInfo(), api.session()]);
  if (info.status === 'fulfilled') patchModel({ serverInfo: info.value });
  if (session.status === 'fulfilled') await enter(session.value);
  else if (session.reason instanceof ApiError && session.reason.problem.status === 401) forgetSession();
  else if (info.status === 'fulfilled') forgetSession();
  else throw session.reason;
}

/** A fresh session: the live picture first, the grid beside it. */
export async function enter(session: SessionView): Promise<void> {
  patchModel({ session: { kind: 'signed-in', session } });
  restoreAcknowledged();
  openSocket();
  const config = api.consoleConfig().then((value) => patchModel({ config: value }));
  const bases = api.bases().then((value) => patchModel({ bases: value.bases }));
  await Promise.allSettled([config, bases, loadGrid()]);
}

export async function signOut(): Promise<void> {
  closeSocket();
  try {
    await api.signOut();
  } catch {
    // The cookie may be gone already; leaving must always work.
  }
  forgetSession();
}
