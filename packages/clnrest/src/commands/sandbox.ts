import { parseSandboxOptions, runSandbox } from '@clnrest/sandbox/in-process';
import { EXIT } from '../exit-status.ts';
import { pluginFile } from '../plugin-file.ts';
import { BUNDLED_OPTIONS, printRequested, printSandboxError } from '../sandbox-output.ts';
import { runUntilStopped } from '../signals.ts';
import type { Terminal } from '../terminal.ts';

/** Runs `clnrest sandbox`, the development node, with lightningd's options and log. */
export async function sandbox(argv: readonly string[], terminal: Terminal): Promise<number> {
  let hasStarted = false;
  try {
    const request = parseSandboxOptions(argv, {
      plugins: [pluginFile('rest')],
      pluginOptions: BUNDLED_OPTIONS,
      log: (line) => terminal.out(`${line}\n`),
    });
    if (request.kind !== 'start') return await printRequested(request, terminal);
    const sandbox = await runSandbox(request.options);
    hasStarted = true;
    await runUntilStopped(sandbox);
    return EXIT.ok;
  } catch (error) {
    return printSandboxError('sandbox', error, terminal, hasStarted);
  }
}
