import { ClnrestError } from '@clnrest/client';
import { EXIT } from '../exit-status.ts';
import { format } from '../lightning-cli/format.ts';
import { parseJsonTree } from '../lightning-cli/json-tree.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

/** lightningd's code for a rune that does not derive from its secret. */
const NOT_AUTHORIZED = 1501;

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
    return EXIT.usage;
  }
  if (!(error instanceof ClnrestError)) throw error;
  if (error.nodeCode === undefined || (error.status ?? 0) > 500) {
    terminal.error(`clnrest ${name}: ${error.message}\n`);
    return EXIT.unreachable;
  }
  const data = error.dataText === undefined ? '' : `,"data":${error.dataText}`;
  const text = `{"code":${error.nodeCode},"message":${JSON.stringify(error.message)}${data}}`;
  terminal.out(`${format(parseJsonTree(text), text, raw ? 'raw' : 'json')}\n`);
  if (error.code === 'rune_not_authorized' && error.nodeCode === NOT_AUTHORIZED) {
    const fix = 'use a rune that this node has created';
    terminal.error(`clnrest ${name}: the rune belongs to another node, or is damaged: ${fix}\n`);
  }
  return EXIT.failed;
}
