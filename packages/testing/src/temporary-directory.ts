import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Creates a directory that is removed when the test ends, or when `atEnd` calls its function. */
export function temporaryDirectory(
  atEnd: (remove: () => void) => void = (remove) => onTestFinished(remove),
): string {
  // The name is short, because a socket's path has at most 107 bytes.
  const directory = mkdtempSync(join(tmpdir(), 'clnrest-'));
  atEnd(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
