import { chmodSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { temporaryDirectory } from '@clnrest/testing';
import { findProgram } from '@clnrest/testing/programs';

/** The Python that has pyln-client: that of an environment, or the system's. */
const PYTHON = process.env['CLNREST_TEST_PYLN'] ?? findProgram('python3');

/** Returns why plugins of pyln-client cannot run on this machine; undefined if they can. */
export function missingPyln(): string | undefined {
  if (PYTHON === undefined) return 'this machine has no python3';
  try {
    execFileSync(PYTHON, ['-c', 'import pyln.client'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return `${PYTHON} has no pyln-client: set CLNREST_TEST_PYLN to a Python that has it`;
  }
}

/** Writes a plugin of pyln-client. @param body - Python that uses `plugin` @returns its path */
export function writePylnPlugin(name: string, body: string): string {
  const path = join(temporaryDirectory(), name);
  writeFileSync(
    path,
    `#!${PYTHON}\nfrom pyln.client import Plugin\nplugin = Plugin()\n${body}\nplugin.run()\n`,
  );
  chmodSync(path, 0o755);
  return path;
}
