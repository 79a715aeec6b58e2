import { rmSync, writeFileSync } from 'node:fs';
import { SandboxError } from '../sandbox-error.ts';

/** The file in which other programs find lightningd's process id. */
interface PidFile {
  readonly path: string;
  remove(): void;
}

/** @throws SandboxError `bad_option` if the file cannot be written */
export function writePidFile(path: string): PidFile {
  try {
    writeFileSync(path, `${process.pid}\n`, { mode: 0o640 });
  } catch (error) {
    throw new SandboxError('bad_option', `Failed to open PID file ${path}`, { cause: error });
  }
  return { path, remove: () => rmSync(path, { force: true }) };
}
