import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { RuneAuthority } from '@clnrest/runes';
import { readBolt11 } from '@clnrest/runes/bolt11';
import { Cleanup } from './cleanup.ts';
import { systemClock } from './clock.ts';
import type { ConnectionSettings } from './commands/command.ts';
import { CommandRegistry } from './commands/registry.ts';
import { COMMANDS } from './commands/table.ts';
import { Database } from './database/database.ts';
import { lockDirectory } from './database/lock.ts';
import { migrate } from './database/schema.ts';
import { Vars } from './database/vars.ts';
import { Datastore } from './datastore/datastore.ts';
import { prepareDirectory } from './directory/directory.ts';
import { writePidFile } from './directory/pid-file.ts';
import { InvoiceStore } from './invoices/invoice-store.ts';
import { Invoices } from './invoices/invoices.ts';
import { aliasFor, colorFor } from './keys/alias.ts';
import { NodeKeys } from './keys/node-keys.ts';
import { LogBook, type LogEntry } from './log/log-book.ts';
import type { Node } from './node.ts';
import { notifyOfLog } from './notifications/log-notifications.ts';
import { Notifier } from './notifications/notifier.ts';
import { configureLog } from './options/log-settings.ts';
import { hasEffect, OWN_OPTIONS } from './options/own-options.ts';
import { OptionRegistry } from './options/registry.ts';
import { settle } from './options/settle.ts';
import { boolValue } from './options/values.ts';
import { choosePlugins } from './plugins/chosen-plugins.ts';
import { canonicalPath } from './plugins/plugin-files.ts';
import { PluginHost } from './plugins/plugin-host.ts';
import { RpcServer } from './rpc-server/server.ts';
import { DatabaseRuneStore } from './runes/rune-store.ts';
import { Ending, FatalFailure } from './ending.ts';
import { surroundingsOf, type SandboxOptions } from './sandbox-options.ts';
import { VERSION } from './version.ts';
import { Waits } from './world/waits.ts';
import { World } from './world/world.ts';

/** A sandbox that runs. */
export interface Sandbox {
  /** The node's public key, 66 hex digits. */
  readonly id: string;
  readonly alias: string;
  /** What `--lightning-dir` says, made absolute. */
  readonly lightningDir: string;
  /** The network's directory beneath it: what `getinfo` calls lightning-dir. */
  readonly networkDir: string;
  readonly network: string;
  /** The JSON-RPC socket. */
  readonly rpcPath: string;
  /** Tells of everything that is logged from now on. @returns a function that ends it */
  onLog(listener: (entry: LogEntry) => void): () => void;
  /** Ends it, as the `stop` command does. Resolves when nothing of it is left. */
  stop(): Promise<void>;
  /**
   * Settles when it has ended, whoever ended it. Rejects with a SandboxError if it had to end,
   * because of a plugin that it can't do without.
   */
  readonly stopped: Promise<void>;
}

const SECRET_BYTES = 32;

/**
 * Starts a development node: lightningd's socket, commands and plugins, in a small
 * world of its own, whose money is play money. Resolves when it can be called and its plugins run.
 *
 * @throws SandboxError when it can't start; then nothing of it is left
 *
 * @example
 * ```ts no-run
 * import { startSandbox } from '@clnrest/sandbox';
 *
 * const sandbox = await startSandbox({ args: ['--lightning-dir=/tmp/l1'] });
 * console.log(sandbox.rpcPath);
 * await sandbox.stop();
 * ```
 */
export const startSandbox = async (given: SandboxOptions): Promise<Sandbox> => {
  const cleanup = new Cleanup();
  try {
    return await start(given, cleanup);
  } catch (error) {
    await cleanup.run();
    throw error;
  }
};

const start = async (given: SandboxOptions, cleanup: Cleanup): Promise<Sandbox> => {
  // Where, and on which network; nobody else may be there.
  const { settings, lightningDir, network } = settle(given.args, surroundingsOf(given));
  const directory = prepareDirectory(lightningDir, network.name);
  const lock = lockDirectory(directory.lock, directory.network);
  cleanup.add(() => lock.release());

  // What is logged, and where.
  const clock = given.clock ?? systemClock();
  const options = new OptionRegistry(OWN_OPTIONS, settings);
  const logBook = new LogBook(clock);
  const log = logBook.logger('lightningd');
  log.log('info', VERSION);
  const standard = given.log ?? (() => undefined);
  const logFiles = configureLog(logBook, options, directory.network, standard);
  cleanup.add(() => logFiles.forEach((file) => file.close()));

  // Plugins say which options they have; then all options must be right.
  const developer = options.isSet('developer');
  const allowDeprecated = boolValue(options.value('allow-deprecated-apis') ?? '') ?? !developer;
  const notifier = new Notifier();
  const commands = new CommandRegistry(COMMANDS);
  const fatal = new FatalFailure();
  const rpcFile = options.value('rpc-file') ?? 'lightning-rpc';
  const shipped = given.plugins ?? [];
  const plugins = new PluginHost({
    shipped: shipped.flatMap((path) => canonicalPath(path) ?? []),
    surroundings: { directory: directory.network, rpcFile, network: network.name },
    environment: given.environment ?? process.env,
    developer,
    allowDeprecated,
    logBook,
    household: { options, commands, notifier },
    onFatal: (error) => fatal.happened(error),
  });
  cleanup.add(() => plugins.shutdown());
  const manager = logBook.logger('plugin-manager');
  const chosen = choosePlugins(shipped, options, directory, manager);
  await fatal.orElse(plugins.begin(chosen));
  options.checkAll();
  for (const { name } of options.settings()) {
    if (!hasEffect(name))
      log.log('info', `--${name} does nothing: the sandbox plays its chain and its peers itself`);
  }
  const pidPath = options.value('pid-file') ?? `lightningd-${network.name}.pid`;
  const pidFile = writePidFile(resolve(directory.base, pidPath));
  cleanup.add(() => pidFile.remove());

  // What the node is, and what it keeps.
  const database = new Database(directory.database);
  cleanup.add(() => database.close());
  migrate(database);
  const vars = new Vars(database);
  const runeSecret = options.value('dev-rune-secret');
  const keys = new NodeKeys(
    vars.bytes('node_secret', () => randomBytes(SECRET_BYTES)),
    runeSecret === undefined ? undefined : Buffer.from(runeSecret, 'hex'),
  );
  const store = new InvoiceStore(database, vars);
  const waits = new Waits(vars, notifier);
  const invoices = new Invoices({ store, keys, network, clock, notifier, waits });
  cleanup.add(() => invoices.close());
  const parts = { database, vars, keys, network, clock, notifier, deprecated: allowDeprecated };
  const world = new World(parts, invoices, waits);

  // Who calls. Plugins must end while they can still call, so they come last here, to go first.
  let lastCaller: ConnectionSettings | undefined;
  let stopping: Promise<void> | undefined;
  const node: Node = {
    developer,
    alias: options.value('alias') ?? aliasFor(keys.id),
    color: options.value('rgb')?.toLowerCase() ?? colorFor(keys.id),
    network,
    directory,
    pidFile: pidFile.path,
    clock,
    log,
    logBook,
    options,
    commands,
    plugins,
    keys,
    database,
    vars,
    runes: new RuneAuthority({
      secret: keys.runeSecret,
      store: new DatabaseRuneStore(database),
      now: () => clock.now(),
      readInvoice: readBolt11,
    }),
    invoices,
    world,
    allowDeprecated,
    datastore: new Datastore(database),
    stop(by) {
      lastCaller ??= by;
      stopping ??= cleanup.run().finally(() => void server.closed.then(() => ended.settle(fatal)));
      return stopping;
    },
  };
  const ended = new Ending();
  const mode = Number.parseInt(options.value('rpc-file-mode') ?? '0600', 8);
  const server = await RpcServer.listen(node, resolve(directory.network, rpcFile), mode);
  cleanup.add(() => server.close(lastCaller));
  cleanup.add(() => plugins.shutdown());
  cleanup.add(() => server.stopListening());

  notifyOfLog(logBook, notifier);
  await fatal.orElse(plugins.initialise());
  world.begin();
  void fatal.whenever(() => node.stop());
  log.log('info', '-'.repeat(50));
  log.log(
    'info',
    `Server started with public key ${keys.id}, alias ${node.alias} (color #${node.color}) and lightningd ${VERSION}`,
  );
  log.log(
    'info',
    'This is a sandbox, not a Lightning node: its chain and its peers are played, and no real money moves',
  );
  return {
    id: keys.id,
    alias: node.alias,
    lightningDir: directory.base,
    networkDir: directory.network,
    network: network.name,
    rpcPath: server.path,
    onLog: (listener) => logBook.onEntry(listener),
    async stop() {
      await node.stop();
      await server.closed;
    },
    stopped: ended.happened,
  };
};
