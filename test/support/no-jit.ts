import { spawnSync } from 'node:child_process';
import { findProgram } from '@clnrest/testing/programs';
import { FORBID_JIT } from './under-test.ts';

/** Returns why this machine cannot forbid memory that is both writable and executable; undefined if it can. */
export function missingForNoJit(): string | undefined {
  if (findProgram('python3') === undefined) return 'this machine has no python3';
  const { status } = spawnSync('python3', ['-c', FORBID_JIT, 'true']);
  return status === 0 ? undefined : 'this kernel does not support PR_SET_MDWE (Linux 6.3)';
}
