import { writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { catchesSignal } from './process-tree.ts';

const SIGNAL = 'SIGUSR2';

const PRELOADED = `
const { isMainThread } = require('node:worker_threads');
if (isMainThread) {
  require('node:v8').setFlagsFromString('--expose-gc');
  const gc = require('node:vm').runInNewContext('gc');
  process.on('${SIGNAL}', () => gc());
}
`;

/**
 * Lets {@link collectGarbage} run the garbage collector of all Node processes that start later. Uncollected garbage
 * would distort measurements of memory.
 *
 * @param directory - where to write the module that they preload
 */
export async function enableGarbageCollection(directory: string): Promise<void> {
  const file = join(directory, 'collect-garbage.cjs');
  await writeFile(file, PRELOADED);
  process.env['NODE_OPTIONS'] = `${process.env['NODE_OPTIONS'] ?? ''} --require=${file}`.trim();
}

/** Runs the garbage collector of a process. Returns false without a signal handler: the signal would end the process. */
export function collectGarbage(pid: number): boolean {
  if (!catchesSignal(pid, constants.signals[SIGNAL])) return false;
  process.kill(pid, SIGNAL);
  return true;
}
