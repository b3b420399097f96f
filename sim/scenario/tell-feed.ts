import type { Operator } from './operator.ts';
import type { Progress } from './run-log.ts';

/** What the operator's console shows, a line each: connections, states of sorties, warnings and alarms. */
export function tellFeed(operator: Operator, progress: Progress): void {
  operator.onEvent((event) => {
    switch (event.kind) {
      case 'console':
        progress.say(event.isOpen ? 'console connected' : 'console disconnected');
        return;
      case 'vehicle': {
        const { vehicle, before } = event;
        if (before !== null && before.connection !== vehicle.connection)
          progress.say(`${vehicle.name} ${vehicle.connection}`);
        return;
      }
      case 'patrol':
        for (const sortie of event.patrol.sorties) {
          const earlier = event.before?.sorties.find(({ sortieId }) => sortieId === sortie.sortieId);
          if (earlier?.state === sortie.state) continue;
          const { failure } = sortie;
          const why =
            failure === null ? '' : ` (${failure.code}: ${failure.message} ${failure.reasons.join('; ')})`;
          progress.say(`${sortie.vehicleName} ${sortie.state} ${sortie.progressPct} %${why}`);
        }
        return;
      case 'notice': {
        const { severity, code, vehicleName, message } = event.notice;
        if (severity !== 'info') progress.say(`${severity} ${code}: ${vehicleName ?? ''} ${message}`);
      }
    }
  });
}
