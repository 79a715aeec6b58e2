import type { Build } from './builds.ts';
import {
  HTTP_PROCESS_ARGUMENT,
  httpProcessStarter,
  ownHttpProgram,
} from './processes/http-process.ts';
import { startAhead } from './processes/start-ahead.ts';

/**
 * Runs a build as the program of a plugin. This process talks to lightningd. It starts the same program again with one more
 * argument, and that process serves HTTP. Never rejects.
 *
 * @example
 * ```ts no-run
 * import { builds, runPlugin } from '@clnrest/gateway';
 * await runPlugin(builds.rest);
 * ```
 */
export async function runPlugin(build: Build): Promise<void> {
  if (process.argv.at(-1) === HTTP_PROCESS_ARGUMENT) {
    // Loaded only here, to keep the memory of the plugin process small.
    await import('./processes/http-process-main.ts');
    return;
  }
  // First of all: the HTTP process boots while this one loads its modules and lightningd initialises it.
  const httpProcess = startAhead(httpProcessStarter(ownHttpProgram()));
  const { runGateway } = await import('./run-gateway.ts');
  await runGateway(build, httpProcess);
}
