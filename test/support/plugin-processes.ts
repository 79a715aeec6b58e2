import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { TestNode } from './node.ts';
import { BUILD } from './under-test.ts';

/** The process ids of a node's plugin. Needs /proc. */
export interface PluginProcesses {
  /** The process that lightningd started. */
  readonly pluginPid: number | undefined;
  /** The process that serves HTTP. */
  readonly httpPid: number | undefined;
}

/** Finds the processes of the plugin that this node runs. */
export function pluginProcesses(node: Pick<TestNode, 'lightningDir'>): PluginProcesses {
  const found: { pluginPid?: number; httpPid?: number } = {};
  for (const pid of readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name))) {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
      // lightningd starts its plugins in the directory of its network.
      const isHere = readlinkSync(`/proc/${pid}/cwd`) === `${node.lightningDir}/regtest`;
      // lightningd itself also runs there, and its arguments contain the plugin's path.
      const isPlugin = (word: string) => word.endsWith(`/${BUILD.prefix}`) && !word.startsWith('-');
      if (!isHere || !words.some(isPlugin)) continue;
      found[words.at(-1) === '--http-process' ? 'httpPid' : 'pluginPid'] = Number(pid);
    } catch {
      // The process has ended or belongs to another user.
    }
  }
  return { pluginPid: found.pluginPid, httpPid: found.httpPid };
}
