import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The number of file descriptors of a process by kind. */
export interface Descriptors {
  readonly tcp: number;
  readonly unix: number;
  readonly other: number;
}

/** Returns the children of a process and their descendants. Needs /proc. */
export function descendants(pid: number): number[] {
  const all = childrenOf(pid);
  if (all === undefined) return descendantsByParent(pid);
  for (const child of all) all.push(...(childrenOf(child) ?? []));
  return all;
}

/** Returns the children of a process; undefined if the kernel does not list them. */
function childrenOf(pid: number): number[] | undefined {
  if (read(`/proc/${process.pid}/task/${process.pid}/children`) === undefined) return undefined;
  const lists = namesIn(`/proc/${pid}/task`).map((id) => read(`/proc/${pid}/task/${id}/children`));
  return lists.flatMap((list = '') => list.split(' ').filter(Boolean).map(Number));
}

/** The same by the parent of each process of the machine, which takes longer. */
function descendantsByParent(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of namesIn('/proc').filter((name) => /^[0-9]+$/.test(name))) {
    const parent = parentOf(Number(name));
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const all = [...(children.get(pid) ?? [])];
  for (const child of all) all.push(...(children.get(child) ?? []));
  return all;
}

/** Returns the arguments of a process; empty after its end. */
export function commandLine(pid: number): string[] {
  return read(`/proc/${pid}/cmdline`)?.split('\0').slice(0, -1) ?? [];
}

/** Returns the proportional set size of a process in bytes, or else its resident set size; undefined after its end. */
export function memoryOf(pid: number): number | undefined {
  const kilobytes =
    /^Pss:\s+([0-9]+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? '')?.[1] ??
    /^VmRSS:\s+([0-9]+) kB/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** Counts the file descriptors of a process; undefined after its end. */
export function descriptorsOf(pid: number): Descriptors | undefined {
  const tcp = new Set([...inodesOf('/proc/net/tcp', 9), ...inodesOf('/proc/net/tcp6', 9)]);
  const unix = inodesOf('/proc/net/unix', 6);
  const counts = { tcp: 0, unix: 0, other: 0 };
  try {
    for (const name of readdirSync(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[([0-9]+)\]$/.exec(linkOf(`/proc/${pid}/fd/${name}`))?.[1] ?? 'none';
      if (tcp.has(inode)) counts.tcp++;
      else if (unix.has(inode)) counts.unix++;
      else counts.other++;
    }
    return counts;
  } catch {
    return undefined;
  }
}

/** Lists the TCP connections of a process: both ports, the state as a Linux number, and the queued bytes. */
export function connectionsOf(pid: number): string[] {
  const lines = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap(
    (file) => read(file)?.split('\n') ?? [],
  );
  const rows = new Map(lines.map((line) => line.trim().split(/\s+/)).map((row) => [row[9], row]));
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
      const inode = /^socket:\[([0-9]+)\]$/.exec(linkOf(`/proc/${pid}/fd/${name}`))?.[1];
      const [, local = '', remote = '', state = '', queues = ''] = rows.get(inode) ?? [];
      const port = (address: string): number => Number.parseInt(address.split(':')[1] ?? '', 16);
      return state === '' ? [] : `${port(local)}-${port(remote)} state ${state} queues ${queues}`;
    });
  } catch {
    return [];
  }
}

/**
 * Returns the milliseconds that the main thread of a process was runnable without a processor: the part of a delay
 * that other processes cause.
 */
export function waitedForProcessor(pid: number): number {
  return Number(read(`/proc/${pid}/schedstat`)?.split(' ')[1] ?? 0) / 1e6;
}

/** Whether a process has a handler for the signal of this number. */
export function catchesSignal(pid: number, signal: number): boolean {
  const mask = /^SigCgt:\s+([0-9a-f]+)/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1] ?? '0';
  return ((BigInt(`0x${mask}`) >> BigInt(signal - 1)) & 1n) === 1n;
}

/** Whether a process runs. A zombie does not. */
export function isRunning(pid: number): boolean {
  const stat = read(`/proc/${pid}/stat`);
  return stat !== undefined && !/\) [ZX] /.test(stat);
}

function parentOf(pid: number): number | undefined {
  // The name of a program can contain any character, including a closing parenthesis.
  const parent = /.*\) \S ([0-9]+)/s.exec(read(`/proc/${pid}/stat`) ?? '')?.[1];
  return parent === undefined ? undefined : Number(parent);
}

function inodesOf(file: string, column: number): Set<string> {
  const lines = read(file)?.split('\n').slice(1) ?? [];
  return new Set(lines.flatMap((line) => line.trim().split(/\s+/)[column] ?? []));
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    // The process has ended.
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The process has ended or belongs to another user.
    return undefined;
  }
}
