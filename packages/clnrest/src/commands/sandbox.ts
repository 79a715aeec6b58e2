import { parseSandboxOptions, SandboxError, sandboxHelp, startSandbox } from '@clnrest/sandbox';
import { pluginFile } from '../plugin-file.ts';
import { runUntilStopped } from '../signals.ts';
import type { Terminal } from '../terminal.ts';

/** Runs `clnrest sandbox`, the development node, with lightningd's options and log. */
export async function sandbox(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const request = parseSandboxOptions(argv, {
      plugins: [pluginFile('rest')],
      log: (line) => terminal.out(`${line}\n`),
    });
    if (request.kind !== 'start') {
      const text = request.kind === 'help' ? await sandboxHelp(request.options) : request.text;
      terminal.out(`${text.trimEnd()}\n`);
      return 0;
    }
    await runUntilStopped(await startSandbox(request.options));
    return 0;
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    terminal.error(`clnrest sandbox: ${error.message}\n`);
    return 1;
  }
}
