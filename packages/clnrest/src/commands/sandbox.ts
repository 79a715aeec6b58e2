import { parseSandboxOptions, SandboxError, startSandbox } from '@clnrest/sandbox';
import { pluginFile } from '../plugin-file.ts';
import { untilEnded } from '../signals.ts';
import type { Terminal } from '../terminal.ts';

/** `clnrest sandbox`: the development node, run as lightningd is: options in, log lines out. */
export async function sandbox(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const request = parseSandboxOptions(argv, {
      plugins: [pluginFile('rest')],
      log: (line) => terminal.out(`${line}\n`),
    });
    if (request.kind !== 'start') {
      terminal.out(`${request.text.trimEnd()}\n`);
      return 0;
    }
    await untilEnded(await startSandbox(request.options));
    return 0;
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    terminal.error(`clnrest sandbox: ${error.message}\n`);
    return 1;
  }
}
