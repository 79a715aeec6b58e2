import { spawnSync } from 'node:child_process';
import { findProgram } from './programs.ts';
import { FORBID_JIT } from './under-test.ts';

/** Why programs can't be forbidden memory that is writable and executable here, or nothing. */
export function missingForNoJit(): string | undefined {
  if (findProgram('python3') === undefined) return 'this machine has no python3';
  const { status } = spawnSync('python3', ['-c', FORBID_JIT, 'true']);
  return status === 0 ? undefined : 'this kernel has no PR_SET_MDWE, which Linux has from 6.3 on';
}
