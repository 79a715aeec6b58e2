import { readFileSync, writeFileSync } from 'node:fs';
import { createIdentity } from '@clnrest/commando';
import { expandPath } from '../paths.ts';
import { UsageError } from '../usage-error.ts';

/** Reads a private key from a file. If the file does not exist, creates it with a random key. @throws {UsageError} */
export function readIdentity(file: string, env: NodeJS.ProcessEnv): string {
  const path = expandPath(file, env);
  try {
    return readKey(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new UsageError(`cannot read the private key in ${file}`, { cause: error });
    }
  }
  const { privateKey } = createIdentity();
  try {
    // Another process can create it at the same moment: its key counts.
    writeFileSync(path, `${privateKey}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return readKey(path);
    throw new UsageError(`cannot write a private key to ${file}`, { cause });
  }
  return privateKey;
}

function readKey(path: string): string {
  const text = readFileSync(path, 'utf8').trim();
  if (/^[0-9a-fA-F]{64}$/.test(text)) return text;
  throw new UsageError(`${path} does not contain a private key of 64 hex digits`);
}
