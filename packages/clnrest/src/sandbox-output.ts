import { OPTIONS as GATEWAY_OPTIONS } from '@clnrest/gateway/options';
import {
  SandboxError,
  type SandboxErrorCode,
  sandboxHelp,
  type SandboxRequest,
} from '@clnrest/sandbox/in-process';
import { VISIBLE_OPTIONS } from '@clnrest/sandbox/options';
import { printHelp } from './command-table/help.ts';
import { SANDBOX } from './command-table/node-commands.ts';
import { suggest } from './command-table/suggest.ts';
import { EXIT } from './exit-status.ts';
import type { Terminal } from './terminal.ts';

/** Prints what options such as `--help` and `--version` request. Returns the exit status. */
export async function printRequested(
  request: Exclude<SandboxRequest, { readonly kind: 'start' }>,
  terminal: Terminal,
): Promise<number> {
  if (request.kind === 'print') {
    terminal.out(`${request.text.trimEnd()}\n`);
    return EXIT.ok;
  }
  const list = await sandboxHelp(request.options, terminal.columns);
  printHelp('clnrest sandbox', SANDBOX, terminal);
  terminal.out(`\n${list.trimEnd()}\n`);
  return EXIT.ok;
}

/**
 * Prints why the sandbox does not start, or has stopped, and returns the exit status. Other errors are rethrown.
 *
 * @param hasStarted whether the sandbox accepted its options
 */
export function printSandboxError(
  name: string,
  error: unknown,
  terminal: Terminal,
  hasStarted: boolean,
): number {
  if (!(error instanceof SandboxError)) throw error;
  terminal.error(`clnrest ${name}: ${error.message}${suggestion(error.message)}\n`);
  return UNUSABLE.has(error.code) && !hasStarted ? EXIT.usage : EXIT.failed;
}

/** The command line, a configuration file or the directory cannot be used. */
const UNUSABLE: ReadonlySet<SandboxErrorCode> = new Set([
  'bad_option',
  'refused',
  'unusable_directory',
]);

/** The options of the plugin that starts with the sandbox, so that a wrong one is reported before anything starts. */
export const BUNDLED_OPTIONS: readonly string[] = Object.keys(GATEWAY_OPTIONS).map(
  (name) => `rest-${name}`,
);

/** Returns the option that was most likely meant by one that no plugin has. */
function suggestion(message: string): string {
  const typed = /^--([^=:]+).*: unknown option$/s.exec(message)?.[1];
  if (typed === undefined) return '';
  const names = [...VISIBLE_OPTIONS.map(({ name }) => name), ...BUNDLED_OPTIONS];
  const similar = suggest(typed, names);
  return similar === undefined ? '' : `; did you mean --${similar}?`;
}
