const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Stops something when this process is asked to end, and waits until it has ended, for whatever reason.
 * A second signal ends the process at once.
 */
export async function untilEnded(thing: {
  stop(): Promise<void>;
  readonly stopped: Promise<void>;
}): Promise<void> {
  let asked = false;
  const stop = (): void => {
    if (asked) process.exit(1);
    asked = true;
    // What goes wrong is told by `stopped`.
    thing.stop().catch(() => undefined);
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    await thing.stopped;
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}
