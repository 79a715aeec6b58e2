import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A module for `--require`. On signals, the HTTP process throws, rejects or runs out of memory, as with a bug. The module
 * also writes its process id to a file.
 */
const MODULE = `
if (process.argv.at(-1) === '--http-process') {
  require('fs').writeFileSync(__filename + '.pid', String(process.pid));
  process.on('SIGUSR2', () => setImmediate(() => { throw new TypeError('thrown on purpose'); }));
  process.on('SIGWINCH', () => void Promise.reject(new RangeError('rejected on purpose')));
  process.on('SIGIO', () => { const all = []; for (;;) all.push(Array(1e7).fill(0.5)); });
}
`;

/** Writes the module and returns its path. */
export async function failOnSignal(directory: string): Promise<string> {
  const file = join(directory, 'fail-on-signal.cjs');
  await writeFile(file, MODULE);
  return file;
}
