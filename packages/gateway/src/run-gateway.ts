import { type Configuration, Plugin, type PluginIo, processIo } from '@clnrest/lightningd';
import type { Build } from './builds.ts';
import type { Log } from './http/refusal-log.ts';
import { type DeclaredOptions, declareOptions } from './options/declarations.ts';
import { optionsWithoutPort, otherSpelling } from './options/other-spelling.ts';
import { readRedis } from './options/redis.ts';
import { NotConfigured, OptionError, readSettings } from './options/settings.ts';
import { listPathsCommand } from './paths/list-command.ts';
import { registerPathCommand } from './paths/register-command.ts';
import { UnservedPaths } from './paths/unserved-paths.ts';
import { type CloseReason, SupervisedGateway } from './processes/supervised-gateway.ts';
import type { RestartLimit } from './processes/restart-limit.ts';
import type { HttpProcessSource } from './processes/start-ahead.ts';
import { announcesRevocations } from './judge/node-version.ts';
import { readAnnouncement, type RevocationRange, REVOKING_COMMANDS } from './judge/revocation.ts';
import { readNodeFiles } from './redis/node-files.ts';
import type { PluginRedis, PluginRedisTools } from './redis/plugin-redis.ts';
import { jitlessNotice } from './jitless-notice.ts';
import { outdatedNodeNotice } from './outdated-node-notice.ts';

/** Replacements for tests. */
export interface GatewayOverrides {
  /** By default stdin and stdout. */
  readonly io?: PluginIo;
  /** The directory in which the node starts plugins; by default, the working directory. */
  readonly directory?: string;
  readonly restarts?: RestartLimit;
}

/**
 * Runs a build's plugin process, which talks to lightningd and supervises the HTTP process. Resolves with the exit status
 * if `io` does not end the process. Never rejects.
 */
export async function runGateway(
  build: Build,
  httpProcess: HttpProcessSource,
  { io, restarts, directory = '.' }: GatewayOverrides = {},
): Promise<number> {
  // Before the node opens them.
  const files = readNodeFiles(directory);
  const pluginIo =
    io ?? survivingIo({ reload: () => gateway?.reload(), feeds: () => redis !== undefined });
  const plugin = new Plugin({ options: declareOptions(build) });
  const log: Log = (level, message) => plugin.log(level, message);
  let gateway: SupervisedGateway | undefined;
  let redis: PluginRedis | undefined;
  let unserved: UnservedPaths | undefined;
  let settle: () => void = () => undefined;
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  plugin.onInit(async ({ options, configuration }) => {
    const { lightningDir, socketPath } = configuration;
    try {
      const redisSettings = readRedis(build, options, lightningDir);
      if (redisSettings !== undefined) {
        const pathsVersion = (): number => (gateway ?? unserved)?.registrations.length ?? 0;
        const ownCommand = build.listPaths;
        const settings = redisSettings;
        const tools = { settings, ownCommand, files, log, isAnnounced, pathsVersion };
        redis = await startRedis(configuration, tools);
        if (options[`${build.prefix}-port` as const] === undefined) {
          httpProcess.cancel();
          unserved = new UnservedPaths();
          return undefined;
        }
      }
      const settings = await readSettings(build, options, lightningDir);
      const checksLocally = settings.judge === 'auto' && isAnnounced;
      const loaded = await redis?.load();
      gateway = new SupervisedGateway({
        build,
        settings,
        node: { socketPath },
        log,
        startHttpProcess: httpProcess.start,
        restarts,
        checksLocally,
        notifications: redis === undefined ? 'plugin' : 'redis',
        before: loaded?.before,
        remedy: `Restart the plugin ${build.prefix} (lightning-cli plugin stop, then plugin start) or the node, and report this`,
      });
      for (const message of loaded?.messages ?? []) gateway.receive(message);
      const urls = await gateway.start();
      redis?.attach(gateway);
      for (const url of urls) log('info', `REST server running at ${url}`);
      const spelling = await otherSpelling(build, settings.port, lightningDir);
      if (spelling !== undefined) log('unusual', spelling);
    } catch (error) {
      gateway = undefined;
      httpProcess.cancel();
      void redis?.close('node gone', undefined);
      redis = undefined;
      if (!(error instanceof OptionError)) throw error;
      // lightningd logs `disable` at the level debug, which it hides by default.
      const isUnused = error instanceof NotConfigured;
      const message = isUnused ? optionsWithoutPort(build, options) : error.message;
      if (message !== undefined) log('unusual', message);
      return { disable: error.message };
    } finally {
      settle();
      // After the result of `init` has been written.
      setImmediate(() => redis?.initialised());
    }
    const notice = jitlessNotice(process.execArgv);
    if (notice !== undefined) log('info', notice);
    const outdated = outdatedNodeNotice(pluginIo.lightningdVersion);
    if (outdated !== undefined) log('unusual', outdated);
    return undefined;
  });
  const { declaration, handler } = registerPathCommand(async () => {
    await settled;
    return gateway ?? unserved;
  }, log);
  plugin.method(build.registerPath, declaration, handler);
  const list = listPathsCommand(async () => {
    await settled;
    return (gateway ?? unserved)?.registrations ?? [];
  });
  plugin.method(build.listPaths, list.declaration, list.handler);
  const isAnnounced = announcesRevocations(pluginIo.lightningdVersion);
  if (isAnnounced) {
    hookRevocations(plugin, {
      announce: async (range) => {
        await Promise.all([gateway?.announceRevocation(range), redis?.announceRevocation(range)]);
      },
      passed: () => {
        gateway?.revocationsPassed();
        redis?.revocationPassed();
      },
    });
  }
  // If lightningd sends no `shutdown`, the plugin ends because the node is gone.
  let closeReason: CloseReason = 'node gone';
  plugin.subscribe('*', (notification) => {
    if (notification.topic === 'shutdown') closeReason = 'shutdown';
    // With Redis, the gateway gets it back with the id that all gateways have.
    if (redis === undefined) gateway?.notify(notification);
    else redis.notify(notification);
  });
  plugin.onClose(async () => {
    httpProcess.cancel();
    const gatewayClosed = gateway?.close(closeReason);
    await Promise.all([gatewayClosed, redis?.close(closeReason, gatewayClosed)]);
  });
  return plugin.run(pluginIo);
}

/** Receives the announcements of the node. */
interface Revocations {
  /** Resolves when the node can continue. */
  announce(range: RevocationRange): Promise<void>;
  /** The node continues. */
  passed(): void;
}

/** Starts to use Redis. Loaded only here, to keep the memory of other plugin processes small. */
async function startRedis(
  { lightningDir, socketPath, startup }: Configuration,
  tools: Omit<PluginRedisTools, 'lightningDir' | 'socketPath' | 'startsWithNode'>,
): Promise<PluginRedis> {
  const { PluginRedis } = await import('./redis/plugin-redis.ts');
  return new PluginRedis({ ...tools, lightningDir, socketPath, startsWithNode: startup });
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

/** What the process does on signals. */
interface OnSignals {
  /** SIGHUP. */
  reload(): void;
  /** Whether the plugin ends with the node on SIGTERM and SIGINT. */
  feeds(): boolean;
}

/** Time for lightningd, which usually gets the same signal, to send `shutdown`. */
const SIGNAL_GRACE_MS = 5_000;

/**
 * Input and output of a plugin that an uncaught error does not end: lightningd ends with a plugin that runs
 * as `important-plugin`. Uncaught errors are logged.
 *
 * systemd and terminals signal all processes of a node. A plugin that feeds Redis ends after lightningd, because lightningd can
 * still send notifications. A second signal ends it at once.
 */
function survivingIo({ reload, feeds }: OnSignals): PluginIo {
  const io = processIo();
  process.on('SIGHUP', reload);
  return {
    ...io,
    guard: (plugin) => {
      let isSignalled = false;
      const close = (status: number): void => {
        if (status !== 0) return;
        if (!feeds() || isSignalled) plugin.close(0);
        else setTimeout(() => plugin.close(0), SIGNAL_GRACE_MS).unref();
        isSignalled = true;
      };
      return io.guard?.({ ...plugin, close }) ?? (() => undefined);
    },
  };
}
