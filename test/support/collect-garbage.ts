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
 * Has all Node processes that are started from now on collect their garbage when {@link collectGarbage} asks:
 * what a process holds can't be measured while garbage waits.
 *
 * @param directory where the file goes that they load first
 */
export async function enableGarbageCollection(directory: string): Promise<void> {
  const file = join(directory, 'collect-garbage.cjs');
  await writeFile(file, PRELOADED);
  process.env['NODE_OPTIONS'] = `${process.env['NODE_OPTIONS'] ?? ''} --require=${file}`.trim();
}

/** Asks a process to collect its garbage. A process that has no handler for it would die, so it is left alone. */
export function collectGarbage(pid: number): boolean {
  if (!catchesSignal(pid, constants.signals[SIGNAL])) return false;
  process.kill(pid, SIGNAL);
  return true;
}
