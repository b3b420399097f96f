/** Closes on SIGINT, SIGTERM and when the parent process is gone; a second signal does not wait. */
export function closeOnSignals(close: () => Promise<void>): void {
  let closing = false;
  const end = () => {
    if (closing) process.exit(0);
    closing = true;
    close().then(
      () => process.exit(0),
      (problem: unknown) => {
        console.error(problem);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  if (process.send !== undefined) process.on('disconnect', end);
}
