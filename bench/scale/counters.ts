import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { descendants, memoryOf } from '../../test/support/process-tree.ts';

/** Microseconds of processor time that all threads of these processes have used. Needs Linux's /proc. */
export function processorTime(pids: readonly number[]): number {
  let nanoseconds = 0;
  for (const pid of pids) {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const [used = '0'] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
      nanoseconds += Number(used);
    }
  }
  return nanoseconds / 1e3;
}

/** Bytes of memory of these processes, with their share of what they have in common with others. */
export function memory(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (memoryOf(pid) ?? 0), 0);
}

/** A process and all processes that it has started. */
export function processTree(pid: number): number[] {
  return [pid, ...descendants(pid)];
}

/** What a Redis server counts about itself. */
export interface RedisCounts {
  readonly pid: number;
  /** Bytes that the server has sent before this reply. */
  readonly sent: number;
  /** Bytes of this reply. */
  readonly reply: number;
  readonly commands: number;
}

/** Reads the counters of the Redis server on this port of the loopback interface. */
export async function redisCounts(port: number): Promise<RedisCounts> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.setEncoding('utf8');
  socket.end('INFO\r\nQUIT\r\n');
  let info = '';
  socket.on('data', (piece: string) => (info += piece));
  await once(socket, 'close');
  const number = (name: string): number => {
    const text = new RegExp(`^${name}:([0-9]+)`, 'm').exec(info)?.[1];
    if (text === undefined) throw new Error(`Redis does not report ${name}`);
    return Number(text);
  };
  return {
    pid: number('process_id'),
    sent: number('total_net_output_bytes'),
    reply: Buffer.byteLength(info),
    commands: number('total_commands_processed'),
  };
}

/** Bytes that the kernel uses for its own objects, such as sockets. */
export function kernelMemory(): number {
  const kilobytes = /^Slab:\s+([0-9]+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
  return Number(kilobytes ?? Number.NaN) * 1024;
}
