import { ClnrestError } from '@clnrest/client';
import { format } from '../lightning-cli/format.ts';
import { parseJsonTree } from '../lightning-cli/json-tree.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

const REFUSED = 1;
const NO_CONNECTION = 2;
const WRONG_USE = 3;

/**
 * Tells what went wrong, as lightning-cli does: the node's word as JSON on stdout, trouble on the way there in
 * words on stderr. Gives the exit status; what is none of that is thrown on.
 */
export function tellFailure(name: string, error: unknown, terminal: Terminal, raw = false): number {
  const isUse = error instanceof ClnrestError && error.code === 'invalid_request';
  if (error instanceof UsageError || isUse) {
    terminal.error(`clnrest ${name}: ${error.message}\n`);
    return WRONG_USE;
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
