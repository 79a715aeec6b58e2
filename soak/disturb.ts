import type { TargetNode } from '../fuzz/target-node.ts';
import type { Ledger, Protocol } from './ledger.ts';

/** The supervisor restarts the HTTP process at most five times a minute. */
const KILL_MS = 25_000;
/** Every third disturbance restarts the whole plugin. */
const RESTART_EVERY = 3;
const PROBE_MS = 20;
/** The time that a new HTTP process may take to serve. */
const RECOVERY_MS = 10_000;

/** Kills the HTTP process and restarts plugins, in turn, until the signal aborts. */
export async function disturb(
  target: TargetNode,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<void> {
  for (let round = 1; !signal.aborted; round++) {
    await sleep(KILL_MS, signal);
    if (signal.aborted) return;
    const protocol = round % 2 === 0 ? 'http' : 'https';
    if (round % RESTART_EVERY === 0) await restartPlugin(target, ledger, protocol);
    else await killHttpProcess(target, ledger, protocol);
  }
}

async function restartPlugin(
  target: TargetNode,
  ledger: Ledger,
  protocol: Protocol,
): Promise<void> {
  const disturbance = ledger.disturb(protocol, 'plugin restart');
  await target.restartPlugin(protocol === 'http' ? 'rest' : 'clnrest');
  disturbance.to = performance.now();
}

async function killHttpProcess(
  target: TargetNode,
  ledger: Ledger,
  protocol: Protocol,
): Promise<void> {
  const name = protocol === 'http' ? 'rest' : 'clnrest';
  const pid = target.httpPid(name);
  if (pid === undefined) {
    ledger.count('kills skipped: HTTP process not found');
    return;
  }
  const disturbance = ledger.disturb(protocol, 'HTTP process killed');
  process.kill(pid, 'SIGKILL');
  const end = performance.now() + RECOVERY_MS;
  while (performance.now() < end) {
    const now = target.httpPid(name);
    if (now !== undefined && now !== pid) break;
    await sleep(PROBE_MS);
  }
  disturbance.to = performance.now();
  if (disturbance.to >= end) ledger.violation(`no new HTTP process within ${RECOVERY_MS} ms`);
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
