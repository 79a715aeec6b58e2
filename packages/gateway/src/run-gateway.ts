import {
  type Configuration,
  Plugin,
  type PluginIo,
  processIo,
  RpcClient,
} from '@clnrest/lightningd';
import type { Build } from './builds.ts';
import type { Log } from './http/refusal-log.ts';
import { type DeclaredOptions, declareOptions } from './options/declarations.ts';
import { optionsWithoutPort, otherSpelling } from './options/other-spelling.ts';
import { type RedisSettings, readRedis } from './options/redis.ts';
import { NotConfigured, OptionError, readSettings } from './options/settings.ts';
import { registerPathCommand } from './paths/register-command.ts';
import { type CloseReason, SupervisedGateway } from './processes/supervised-gateway.ts';
import type { RestartLimit } from './processes/restart-limit.ts';
import type { HttpProcessSource } from './processes/start-ahead.ts';
import { announcesRevocations } from './judge/node-version.ts';
import { readAnnouncement, type RevocationRange, REVOKING_COMMANDS } from './judge/revocation.ts';
import { LIMITS } from './limits.ts';
import type { Feeder } from './redis/feeder.ts';
import { jitlessNotice } from './jitless-notice.ts';

/** Replacements for tests. */
export interface GatewayOverrides {
  /** By default stdin and stdout. */
  readonly io?: PluginIo;
  readonly restarts?: RestartLimit;
}

/**
 * Runs a build's plugin process, which talks to lightningd and supervises the HTTP process. Resolves with the exit status
 * if `io` does not end the process. Never rejects.
 */
export async function runGateway(
  build: Build,
  httpProcess: HttpProcessSource,
  { io, restarts }: GatewayOverrides = {},
): Promise<number> {
  const pluginIo = io ?? survivingIo(() => gateway?.reload());
  const plugin = new Plugin({ options: declareOptions(build) });
  const log: Log = (level, message) => plugin.log(level, message);
  let gateway: SupervisedGateway | undefined;
  let feeder: Feeder | undefined;
  let settle: () => void = () => undefined;
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  plugin.onInit(async ({ options, configuration }) => {
    const { lightningDir, socketPath } = configuration;
    try {
      const redis = readRedis(build, options, lightningDir);
      if (redis !== undefined) {
        feeder = await startFeeder(redis, configuration, log, isAnnounced);
        if (options[`${build.prefix}-port` as const] === undefined) {
          httpProcess.cancel();
          return undefined;
        }
      }
      const settings = await readSettings(build, options, lightningDir);
      const checksLocally = settings.judge === 'auto' && isAnnounced;
      gateway = new SupervisedGateway({
        build,
        settings,
        node: { socketPath },
        log,
        startHttpProcess: httpProcess.start,
        restarts,
        checksLocally,
        notifications: 'plugin',
        remedy: `Restart the plugin ${build.prefix} (lightning-cli plugin stop, then plugin start) or the node, and report this`,
      });
      for (const url of await gateway.start()) log('info', `REST server running at ${url}`);
      const spelling = await otherSpelling(build, settings.port, lightningDir);
      if (spelling !== undefined) log('unusual', spelling);
    } catch (error) {
      gateway = undefined;
      httpProcess.cancel();
      void feeder?.close(0);
      feeder = undefined;
      if (!(error instanceof OptionError)) throw error;
      // lightningd logs `disable` at the level debug, which it hides by default.
      const isUnused = error instanceof NotConfigured;
      const message = isUnused ? optionsWithoutPort(build, options) : error.message;
      if (message !== undefined) log('unusual', message);
      return { disable: error.message };
    } finally {
      settle();
    }
    const notice = jitlessNotice(process.execArgv);
    if (notice !== undefined) log('info', notice);
    return undefined;
  });
  const { declaration, handler } = registerPathCommand(async () => {
    await settled;
    return gateway;
  }, log);
  plugin.method(build.registerPath, declaration, handler);
  const isAnnounced = announcesRevocations(pluginIo.lightningdVersion);
  if (isAnnounced) {
    hookRevocations(plugin, {
      announce: async (range) => {
        await Promise.all([gateway?.announceRevocation(range), feeder?.announceRevocation(range)]);
      },
      passed: () => {
        gateway?.revocationsPassed();
        feeder?.revocationPassed();
      },
    });
  }
  // If lightningd sends no `shutdown`, the plugin ends because the node is gone.
  let closeReason: CloseReason = 'node gone';
  plugin.subscribe('*', (notification) => {
    if (notification.topic === 'shutdown') closeReason = 'shutdown';
    gateway?.notify(notification);
    feeder?.notify(notification);
  });
  plugin.onClose(async () => {
    httpProcess.cancel();
    await Promise.all([gateway?.close(closeReason), feeder?.close(FEEDER_CLOSE_MS[closeReason])]);
  });
  return plugin.run(pluginIo);
}

/** Time for the feeder to append the last notifications: lightningd gives plugins 30 s, and 1 s if it is gone. */
const FEEDER_CLOSE_MS: Readonly<Record<CloseReason, number>> = {
  shutdown: 3_000,
  'node gone': 700,
};

/** Receives the announcements of the node. */
interface Revocations {
  /** Resolves when the node can continue. */
  announce(range: RevocationRange): Promise<void>;
  /** The node continues. */
  passed(): void;
}

/** Starts to feed Redis. Loaded only here, to keep the memory of other plugin processes small. */
async function startFeeder(
  { address, ca, length }: RedisSettings,
  { socketPath, startup }: Pick<Configuration, 'socketPath' | 'startup'>,
  log: Log,
  isAnnounced: boolean,
): Promise<Feeder> {
  const { Feeder } = await import('./redis/feeder.ts');
  const nodeId = async (): Promise<string> => {
    const node = new RpcClient({ socketPath, maxConnections: 1 });
    try {
      return (await node.call('getinfo', {}, { timeoutMs: LIMITS.nodeMs })).id;
    } finally {
      await node.close();
    }
  };
  return new Feeder({
    redis: address,
    ca,
    nodeId,
    log,
    length,
    startsWithNode: startup,
    isAnnounced,
  });
}

/** Makes the node announce changes of the blacklist before it makes them. */
function hookRevocations(plugin: Plugin<DeclaredOptions>, revocations: Revocations): void {
  plugin.hook(
    'rpc_command',
    async ({ paramsText }) => {
      const range = readAnnouncement(paramsText);
      if (range === undefined) return;
      await revocations.announce(range);
      // After the result of this hook has been written.
      setImmediate(() => revocations.passed());
    },
    { filters: REVOKING_COMMANDS },
  );
}

/**
 * Input and output of a plugin that an uncaught error does not end: lightningd ends with a plugin that runs
 * as `important-plugin`. Uncaught errors are logged. SIGHUP calls `reload`.
 */
function survivingIo(reload: () => void): PluginIo {
  const io = processIo();
  process.on('SIGHUP', reload);
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
