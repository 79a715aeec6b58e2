import { Plugin, type PluginIo, processIo } from '@clnrest/lightningd';
import type { Build } from './builds.ts';
import type { Log } from './http/refusal-log.ts';
import { declareOptions } from './options/declarations.ts';
import { NotConfigured, OptionError, readSettings } from './options/settings.ts';
import { registerPathCommand } from './paths/register-command.ts';
import { HTTP_SIDE, httpProcess, ownHttpProgram } from './sides/http-process.ts';
import type { StartHttpSide } from './sides/messages.ts';
import { type End, PluginSide } from './sides/plugin-side.ts';
import type { RestartLimit } from './sides/restart-limit.ts';
import { withoutJit } from './without-jit.ts';

/** What tests put in the place of what a plugin does. */
export interface GatewaySeams {
  /** By default this program is started once more, as the HTTP side. */
  readonly startSide?: StartHttpSide;
  readonly restarts?: RestartLimit;
}

/**
 * Runs a build as a plugin. This process speaks with lightningd; it starts the same program once more,
 * with one more argument, and that process serves HTTP. Resolves with the exit status where the
 * surroundings have no end of their own; never rejects.
 *
 * @example
 * ```ts no-run
 * import { builds, runGateway } from '@clnrest/gateway';
 * await runGateway(builds.rest);
 * ```
 */
export async function runGateway(
  build: Build,
  io?: PluginIo,
  seams: GatewaySeams = {},
): Promise<number> {
  if (io === undefined && process.argv.at(-1) === HTTP_SIDE) {
    // Loaded here alone: the plugin side must stay small.
    await import('./sides/http-process-main.ts');
    return new Promise(() => undefined);
  }
  const plugin = new Plugin({ options: declareOptions(build) });
  const log: Log = (level, message) => plugin.log(level, message);
  const { startSide = httpProcess(ownHttpProgram()), restarts } = seams;
  let side: PluginSide | undefined;
  let settle: () => void = () => undefined;
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  plugin.onInit(async ({ options, configuration }) => {
    const { lightningDir, socketPath } = configuration;
    try {
      const settings = await readSettings(build, options, lightningDir);
      side = new PluginSide({ build, settings, socketPath, log, startSide, restarts });
      log('info', `REST server running at ${await side.start()}`);
    } catch (error) {
      side = undefined;
      if (!(error instanceof OptionError)) throw error;
      // lightningd logs it at the level of debug, where few would find it.
      if (!(error instanceof NotConfigured)) log('unusual', error.message);
      return { disable: error.message };
    } finally {
      settle();
    }
    const slow = withoutJit(process.execArgv);
    if (slow !== undefined) log('info', slow);
    return undefined;
  });
  const { declaration, handler } = registerPathCommand(async () => {
    await settled;
    return side;
  }, log);
  plugin.method(build.registerPath, declaration, handler);
  // Without `shutdown`, the plugin ends because the node is gone.
  let end: End = 'node gone';
  plugin.subscribe('*', (notification) => {
    if (notification.topic === 'shutdown') end = 'shutdown';
    side?.notify(notification);
  });
  plugin.onClose(() => side?.close(end));
  return plugin.run(io ?? survivingIo());
}

/**
 * The surroundings of a plugin that an error of ours does not end: lightningd ends when a plugin does that
 * runs as `important-plugin`. What nobody caught is logged all the same.
 */
function survivingIo(): PluginIo {
  const io = processIo();
  return {
    ...io,
    guard: (plugin) => {
      const close = (status: number): void => {
        if (status === 0) plugin.close(0);
      };
      return io.guard?.({ ...plugin, close }) ?? (() => undefined);
    },
  };
}
