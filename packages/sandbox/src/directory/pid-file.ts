import { rmSync, writeFileSync } from 'node:fs';
import { SandboxError } from '../sandbox-error.ts';

/** Tells other programs which process this is, in the file where they look for lightningd's. */
interface PidFile {
  readonly path: string;
  remove(): void;
}

/** @throws SandboxError `bad_option` when it can't be written */
export function writePidFile(path: string): PidFile {
  try {
    writeFileSync(path, `${process.pid}\n`, { mode: 0o640 });
  } catch (error) {
    throw new SandboxError('bad_option', `Failed to open PID file ${path}`, { cause: error });
  }
  return { path, remove: () => rmSync(path, { force: true }) };
}
