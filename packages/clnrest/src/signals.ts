const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Waits until a service has stopped, and stops it on the first SIGINT, SIGTERM or SIGHUP. The second signal exits the
 * process at once. If the service has log files, SIGHUP opens them again instead, as in lightningd.
 */
export async function runUntilStopped(service: {
  stop(): Promise<void>;
  /** @returns false if none is configured */
  reopenLogFiles(): boolean;
  readonly stopped: Promise<void>;
}): Promise<void> {
  let isStopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (signal === 'SIGHUP' && !isStopping && service.reopenLogFiles()) return;
    if (isStopping) process.exit(1);
    isStopping = true;
    // `stopped` rejects with the same error.
    service.stop().catch(() => undefined);
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    await service.stopped;
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}
