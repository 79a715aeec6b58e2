import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Creates a directory that is removed when the test ends. */
export function temporaryDirectory(): string {
  // The name is short, because a socket's path has at most 107 bytes.
  const directory = mkdtempSync(join(tmpdir(), 'clnrest-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
