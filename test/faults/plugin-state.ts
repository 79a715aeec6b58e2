import { constants } from 'node:os';
import { expect } from 'vitest';
import {
  catchesSignal,
  commandLine,
  descendants,
  descriptorsOf,
  memoryOf,
} from '../support/process-tree.ts';

/** The processes of a plugin, and what they hold. */
export interface PluginState {
  readonly pluginPid: number;
  readonly httpPid: number;
  /** Connections and listening sockets of the HTTP process. */
  readonly tcp: number;
  /** Connections of the HTTP process to the node, and the channel to the plugin process. */
  readonly unix: number;
  /** Bytes that both processes hold. */
  readonly memory: number;
}

/** Bytes that a plugin may hold more than before: the heap grows with the first requests of a kind. */
const MAX_GROWTH = 60 * 1024 * 1024;

/** The process that serves HTTP, of the plugin whose first process this is. */
export function httpPidOf(pluginPid: number): number | undefined {
  return descendants(pluginPid).find((pid) => commandLine(pid).at(-1) === '--http-process');
}

/** Throws if one of the two processes does not run. */
export function stateOf(pluginPid: number): PluginState {
  const httpPid = httpPidOf(pluginPid);
  const descriptors = httpPid === undefined ? undefined : descriptorsOf(httpPid);
  if (httpPid === undefined || descriptors === undefined) throw new Error('no HTTP process runs');
  const { tcp, unix } = descriptors;
  const memory = (memoryOf(pluginPid) ?? 0) + (memoryOf(httpPid) ?? 0);
  return { pluginPid, httpPid, tcp, unix, memory };
}

/** Waits until the same processes hold as little as before. */
export async function expectNothingLeft(before: PluginState): Promise<void> {
  const { pluginPid, httpPid, tcp, unix } = before;
  await expect
    .poll(
      () => {
        collectGarbage(pluginPid, httpPid);
        const now = stateOf(pluginPid);
        return {
          httpPid: now.httpPid,
          tcp: Math.max(now.tcp, tcp),
          unix: Math.max(now.unix, unix),
          hasGrown: now.memory - before.memory > MAX_GROWTH,
        };
      },
      { timeout: 20_000, interval: 100 },
    )
    .toEqual({ httpPid, tcp, unix, hasGrown: false });
}

/** A process that does not catch the signal would die of it. */
function collectGarbage(...pids: readonly number[]): void {
  for (const pid of pids) {
    if (catchesSignal(pid, constants.signals.SIGUSR2)) process.kill(pid, 'SIGUSR2');
  }
}
