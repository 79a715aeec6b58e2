import {
  dropPrivileges,
  httpProcessStarter,
  httpProgram,
  jitlessNotice,
  logWriter,
  OptionError,
  Service,
} from '@clnrest/gateway/service';
import { GATEWAY } from '../command-table/gateway-command.ts';
import { printHelp } from '../command-table/help.ts';
import { EXIT } from '../exit-status.ts';
import {
  type GatewayOptions,
  parseGatewayArguments,
  readGatewayOptions,
} from '../gateway/options.ts';
import { pluginFile } from '../plugin-file.ts';
import { runUntilStopped } from '../signals.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

/** Runs `clnrest gateway`, the gateway as a separate process. */
export async function gateway(
  argv: readonly string[],
  terminal: Terminal,
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const commandLine = parseGatewayArguments(argv);
  if (commandLine.help === true) {
    printHelp('clnrest gateway', GATEWAY, terminal);
    return EXIT.ok;
  }
  const options = await readGatewayOptions(commandLine, env);
  try {
    dropPrivileges(options.user);
  } catch (error) {
    if (error instanceof OptionError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
  try {
    return await serve(options, terminal);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    return failed(error, terminal);
  }
}

async function serve(options: GatewayOptions, terminal: Terminal): Promise<number> {
  const log = logWriter(options.log, (text) => terminal.out(text));
  // A log that nothing reads any more must not stop the gateway.
  process.stdout.removeAllListeners('error').on('error', () => undefined);
  const service = await Service.start({
    ...options,
    log,
    startHttpProcess: httpProcessStarter(httpProgram(pluginFile('rest'))),
  });
  const notice = jitlessNotice(process.execArgv);
  if (notice !== undefined) log('info', notice);
  const { ended } = service;
  await runUntilStopped({
    stop: () => service.stop(),
    reopenLogFiles: () => {
      service.reload();
      return true;
    },
    stopped: ended.then(() => undefined),
  });
  const failure = await ended;
  if (failure === undefined) {
    log('info', 'the gateway has stopped');
    return EXIT.ok;
  }
  return failed(failure, terminal);
}

function failed({ message }: OptionError, terminal: Terminal): number {
  terminal.error(`clnrest gateway: ${message}\n`);
  return EXIT.failed;
}
