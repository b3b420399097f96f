import type { Logger } from 'pino';
import { type Airgrid, type AirgridOptions, startAirgrid } from './compose.ts';

/** A stop must not hang on a stuck disk or socket: the process ends by then, whatever is left. */
const STOP_WITHIN_MS = 3000;

/**
 * Runs a server as this process: starts it, prints the one-time code of a first start, and stops it gracefully on
 * SIGTERM or SIGINT.
 * @param prepare what has to be in the data before the console is announced (the demo's account and district)
 */
export async function runServer(
  options: AirgridOptions,
  prepare?: (airgrid: Airgrid) => Promise<void>,
): Promise<Airgrid> {
  const { logger } = options;
  const airgrid = await startAirgrid(options);
  stopOnSignals(airgrid, logger);
  await prepare?.(airgrid);
  const setupCode = airgrid.accounts.openSetup();
  logger.info({ url: airgrid.url }, `The console is at ${airgrid.url}`);
  // Written past the logger: a code is no log line, and a log must hold no secrets.
  if (setupCode !== null) {
    process.stdout.write(`\nFirst start: open ${airgrid.url} and enter the one-time code  ${setupCode}\n\n`);
  }
  return airgrid;
}

function stopOnSignals(airgrid: Airgrid, logger: Logger): void {
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'Stopping: writing everything and closing the links');
    const deadline = setTimeout(() => {
      logger.error('The stop took too long and was cut short');
      process.exit(1);
    }, STOP_WITHIN_MS);
    airgrid.close().then(
      () => {
        clearTimeout(deadline);
        logger.info('Stopped');
        logger.flush();
        // Anything that still holds the event loop (a debugger, a pretty printer's thread) has no more to do.
        setImmediate(() => process.exit(0));
      },
      (error: unknown) => {
        logger.error({ err: error }, 'The stop failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
