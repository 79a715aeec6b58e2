import { readFileSync } from 'node:fs';
import type { TestNode } from './node.ts';
import { pluginProcesses } from './plugin-processes.ts';

/** Returns the peak memory of the plugin's processes in bytes; undefined without /proc. */
export function pluginMemory(node: TestNode): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const { pluginPid, httpPid } = pluginProcesses(node);
  if (pluginPid === undefined || httpPid === undefined) return undefined;
  return peak(pluginPid) + peak(httpPid);
}

function peak(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+([0-9]+) kB/.exec(status)?.[1]) * 1024;
}
