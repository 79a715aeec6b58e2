import { ClnrestError } from '@clnrest/client';
import { format } from '../lightning-cli/format.ts';
import { parseJsonTree } from '../lightning-cli/json-tree.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

const REFUSED = 1;
const NO_CONNECTION = 2;
const INVALID_USAGE = 3;

/**
 * Prints a failure as lightning-cli does: errors from the node as JSON on stdout, connection errors as text on stderr.
 * Returns the exit status. Other errors are rethrown.
 */
export function printFailure(
  name: string,
  error: unknown,
  terminal: Terminal,
  raw = false,
): number {
  const isInvalidRequest = error instanceof ClnrestError && error.code === 'invalid_request';
  if (error instanceof UsageError || isInvalidRequest) {
    terminal.error(`clnrest ${name}: ${error.message}\n`);
    return INVALID_USAGE;
  }
  if (!(error instanceof ClnrestError)) throw error;
  if (error.nodeCode === undefined || (error.status ?? 0) > 500) {
    terminal.error(`clnrest ${name}: ${error.message}\n`);
    return NO_CONNECTION;
  }
  const data = error.dataText === undefined ? '' : `,"data":${error.dataText}`;
  const text = `{"code":${error.nodeCode},"message":${JSON.stringify(error.message)}${data}}`;
  terminal.out(`${format(parseJsonTree(text), text, raw ? 'raw' : 'json')}\n`);
  return REFUSED;
}
