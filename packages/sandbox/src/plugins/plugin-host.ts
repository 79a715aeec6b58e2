import { basename } from 'node:path';
import { JsonSyntaxError, type JsonToken, member, parseToken } from '@clnrest/json/tokens';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import { findMember, type Frame } from '../json/frame-scanner.ts';
import type { JsonObject } from '../json/output.ts';
import type { LogLevel } from '../log/level.ts';
import type { LogBook, Logger } from '../log/log-book.ts';
import { nativeText } from '../notifications/notifier.ts';
import { isBuiltinTopic, isNativeTopic } from '../notifications/topics.ts';
import type { Setting } from '../options/definition.ts';
import { SandboxError } from '../sandbox-error.ts';
import { VERSION } from '../version.ts';
import {
  OptionConflict,
  optionConflictMessage,
  register,
  unregister,
  type Registries,
} from './registration.ts';
import { PluginFault } from './fault.ts';
import { CALLED_HOOKS } from './hook.ts';
import { orderHook, unknownRequirements, type Hooked } from './hook-order.ts';
import { initParams, type InitConfiguration } from './init.ts';
import { readManifest } from './manifest.ts';
import { Plugin, requestId, stateDescription } from './plugin.ts';
import { handleNotification } from './handle-notification.ts';
import { fileChecksum } from './plugin-files.ts';
import { PluginProcess, syntaxFault } from './plugin-process.ts';
import { PluginStart } from './plugin-start.ts';

/** How long the host waits for plugins, in milliseconds. */
interface Timeouts {
  /** For the reply to getmanifest, and to init. */
  readonly startup: number;
  /** For the exit after the notification `shutdown`. */
  readonly shutdown: number;
  /** For the exit after the end of the input, if the plugin does not subscribe to `shutdown`. */
  readonly inputEnd: number;
}

/** lightningd's, except that it does not wait for plugins without a subscription to `shutdown`. */
const TIMEOUTS: Timeouts = { startup: 120_000, shutdown: 30_000, inputEnd: 1000 };

interface PluginHostParts {
  readonly configuration: InitConfiguration;
  /** Canonical paths of the bundled plugins. */
  readonly bundled: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly developer: boolean;
  readonly allowDeprecated: boolean;
  readonly logBook: LogBook;
  readonly registries: Registries;
  /** Called if the node must stop, because a plugin that it needs has failed. */
  readonly onFatal: (error: SandboxError) => void;
  readonly timeouts?: Timeouts;
}

/** Starts plugins, exchanges messages with them, and stops them. */
export class PluginHost {
  readonly #parts: PluginHostParts;
  readonly #timeouts: Timeouts;
  readonly #log: Logger;
  readonly #plugins: Plugin[] = [];
  readonly #starts = new Map<Plugin, PluginStart>();
  /** Called when a plugin has ended that `stop` notified. */
  readonly #onEnd = new Map<Plugin, () => void>();
  #requests = 0;
  /** The plugins of each hook, in the order in which they are called. */
  #hooks: ReadonlyMap<string, readonly Hooked[]> = new Map();
  /** While the node starts, no plugin is initialised before all have sent their manifests. */
  #phase: 'starting' | 'running' | 'stopping' = 'starting';

  constructor(parts: PluginHostParts) {
    this.#parts = parts;
    this.#timeouts = parts.timeouts ?? TIMEOUTS;
    this.#log = parts.logBook.logger('plugin-manager');
  }

  /** The starting and running plugins, in the order of their start. */
  list(): readonly Plugin[] {
    return this.#plugins;
  }

  /** The plugins whose hook `rpc_command` is called for a command, in the order of the calls. */
  hooksOfCommand(name: string): readonly Plugin[] {
    return this.hooked('rpc_command', name);
  }

  /**
   * The plugins whose hook is called, in the order of the calls.
   *
   * @param field - the value that the hook's filters select: a command, or the type of a message
   */
  hooked(name: string, field = ''): readonly Plugin[] {
    const hooked = this.#hooks.get(name) ?? [];
    return hooked
      .filter(({ hook: { filters } }) => filters === undefined || filters.includes(field))
      .map(({ plugin }) => plugin);
  }

  /** Whether a plugin has registered the hook, whatever its filters are. */
  isHooked(name: string): boolean {
    return (this.#hooks.get(name) ?? []).length > 0;
  }

  /** Whether a plugin handles the type of message. A peer must not send unknown even ones. */
  acceptsMessage(type: number): boolean {
    return this.#plugins.some(({ manifest }) => manifest?.customMessages.includes(type));
  }

  /** Stops the node: lightningd ends when a plugin returns an invalid response to a hook. */
  fatal(message: string): void {
    this.#fail(message);
  }

  /** The node is stopping, so plugins that end decide nothing. */
  get isStopping(): boolean {
    return this.#phase === 'stopping';
  }

  /**
   * Calls a hook of a plugin.
   *
   * @param cause - the id of the request that causes the call, if there is one
   * @returns the result; undefined if the plugin ends first, or if its reply is an error, which stops the node
   */
  callHook(
    plugin: Plugin,
    name: string,
    cause: string | undefined,
    params: JsonObject,
  ): Promise<JsonToken | undefined> {
    return new Promise((resolve) => {
      plugin.request(requestId(cause, name, this.#requests++), name, params, {
        onReply: (reply) => {
          const result = resultOf(reply);
          if (result === undefined) {
            this.#fail(
              `Plugin ${plugin.name} for ${name} returned non-result response ${reply.bytes.toString('utf8')}`,
            );
          }
          resolve(result);
        },
        onTermination: () => {
          this.#log.log('debug', `Plugin died from ${name} hook call`);
          resolve(undefined);
        },
      });
    });
  }

  /**
   * Sends a request to a plugin. Resolves with the reply.
   *
   * @param cause - the id of the request that causes it
   * @throws CommandError if the plugin ends first
   */
  ask(plugin: Plugin, method: string, cause: string, params: JsonObject): Promise<Frame> {
    return new Promise((resolve, reject) => {
      plugin.request(requestId(cause, method, this.#requests++), method, params, {
        onReply: resolve,
        onTermination: () =>
          reject(
            new CommandError(
              ErrorCode.pluginTerminated,
              'Plugin terminated before replying to RPC call.',
            ),
          ),
      });
    });
  }

  /**
   * Starts plugins with the node. Resolves when each has sent its manifest or has failed. Only then are all options
   * known, so plugins are initialised separately.
   */
  async startAll(plugins: readonly { path: string; important: boolean }[]): Promise<void> {
    const starts = plugins.map(({ path, important }) =>
      this.#launch(path, important, undefined, []),
    );
    await Promise.all(starts.map(({ manifestRegistered }) => manifestRegistered));
    this.#orderHooks();
    for (const plugin of this.#plugins) this.#checkSubscriptions(plugin);
  }

  /** Initialises the plugins of `startAll`. Resolves when each runs or has failed. */
  async initialiseAll(): Promise<void> {
    const starts = [...this.#starts.values()];
    for (const plugin of this.#starts.keys()) this.#initialise(plugin);
    await Promise.all(starts.map(({ settled }) => settled));
    if (this.#phase === 'starting') this.#phase = 'running';
  }

  /**
   * Starts one plugin while the node runs.
   *
   * @param cause - the id of the request that starts it
   * @returns the fault, or undefined when the plugin runs
   */
  start(
    path: string,
    settings: readonly Setting[],
    cause: string,
  ): Promise<PluginFault | undefined> {
    return this.#launch(path, false, cause, settings).settled;
  }

  /**
   * Kills the plugin at this path if its file has changed since it started, unless it is important.
   *
   * @returns whether a plugin can start there
   */
  isFree(path: string): boolean {
    const running = this.#plugins.find((plugin) => plugin.path === path);
    if (running === undefined) return true;
    if (running.important || running.checksum === fileChecksum(path)) return false;
    this.#kill(running, 'info', 'Plugin changed, needs restart.');
    return true;
  }

  /** Stops one plugin while the node runs. A plugin that subscribes to `shutdown` is notified and gets time to exit. */
  async stop(plugin: Plugin): Promise<void> {
    plugin.important = false;
    const kill = (): void => this.#kill(plugin, 'info', 'stopped by lightningd via RPC');
    if (this.#subscribesToShutdown(plugin)) {
      const ended = new Promise<void>((resolve) => this.#onEnd.set(plugin, resolve));
      plugin.notify([nativeText('shutdown', {})]);
      const timer = setTimeout(() => {
        plugin.log.log('unusual', 'Timeout on shutdown: killing anyway');
        kill();
      }, this.#timeouts.shutdown);
      await ended;
      clearTimeout(timer);
    } else {
      kill();
    }
    await plugin.process.exited(this.#timeouts.inputEnd);
  }

  /** Stops all plugins with the node, and kills those that do not exit in time. */
  async shutdown(): Promise<void> {
    this.#phase = 'stopping';
    await Promise.all([...this.#plugins].map((plugin) => this.#shutDown(plugin)));
  }

  async #shutDown(plugin: Plugin): Promise<void> {
    const isNotified = this.#subscribesToShutdown(plugin);
    if (isNotified) plugin.notify([nativeText('shutdown', {})]);
    else plugin.process.endInput();
    const { shutdown, inputEnd } = this.#timeouts;
    if (!(await plugin.process.exited(isNotified ? shutdown : inputEnd))) {
      this.#parts.logBook
        .logger('lightningd')
        .log('debug', `${plugin.name}: failed to self-terminate in time, killing.`);
    }
    this.#kill(plugin, 'debug', `exited ${stateDescription(plugin.state)}`);
    await plugin.process.exited(inputEnd);
  }

  #subscribesToShutdown(plugin: Plugin): boolean {
    return plugin.state === 'running' && plugin.subscribesTo('shutdown');
  }

  #launch(
    path: string,
    important: boolean,
    cause: string | undefined,
    settings: readonly Setting[],
  ): PluginStart {
    const { configuration, environment, developer, logBook, allowDeprecated } = this.#parts;
    const name = basename(path);
    const process = new PluginProcess(
      {
        path,
        args: developer ? ['--developer'] : [],
        directory: configuration.directory,
        environment: { ...environment, LIGHTNINGD_PLUGIN: '1', LIGHTNINGD_VERSION: VERSION },
      },
      {
        onFrame: (frame) => this.#receive(plugin, frame),
        onErrorLine: (line) => plugin.log.log('info', line),
        onFault: (fault) => this.#kill(plugin, 'unusual', fault.message),
        onEnd: () => this.#kill(plugin, 'info', `exited ${stateDescription(plugin.state)}`),
      },
    );
    const log = logBook.logger(`plugin-${name}`);
    const plugin: Plugin = new Plugin({
      path,
      name,
      important,
      process,
      log,
      checksum: fileChecksum(path),
    });
    const start = new PluginStart(settings);
    this.#plugins.push(plugin);
    this.#starts.set(plugin, start);
    this.#setDeadline(plugin, start);
    if (process.pid !== undefined) this.#log.log('debug', `started(${process.pid}) ${path}`);
    plugin.request(
      requestId(cause, 'getmanifest', this.#requests++),
      'getmanifest',
      { 'allow-deprecated-apis': allowDeprecated },
      {
        onReply: (reply) => this.#handleManifest(plugin, start, reply),
        onTermination: () => undefined,
      },
    );
    return start;
  }

  #setDeadline(plugin: Plugin, start: PluginStart): void {
    start.setDeadline(this.#timeouts.startup, () => {
      this.#kill(plugin, 'unusual', `timed out ${stateDescription(plugin.state)}`);
      if (this.#phase === 'starting') {
        this.#fail("Can't recover from plugin failure, terminating.");
      }
    });
  }

  /** Handles a message. A fault kills the plugin and affects nothing else. */
  #receive(plugin: Plugin, frame: Frame): void {
    try {
      if (findMember(frame, 'jsonrpc') === undefined) {
        throw new JsonSyntaxError('not_json_rpc', 'no jsonrpc', frame.bytes.toString('utf8'));
      }
      if (findMember(frame, 'id') !== undefined) plugin.handleReply(frame);
      else handleNotification(plugin, frame, this.#parts.registries.notifier);
    } catch (error) {
      const fault = error instanceof JsonSyntaxError ? syntaxFault(error) : error;
      if (!(fault instanceof PluginFault)) throw error;
      if (fault instanceof OptionConflict && this.#phase === 'starting') {
        this.#fail(optionConflictMessage(fault, plugin.path, this.#parts.bundled));
      }
      this.#kill(plugin, 'unusual', fault.message);
    }
  }

  #handleManifest(plugin: Plugin, start: PluginStart, reply: Frame): void {
    const manifest = readManifest(resultOf(reply), plugin.path, reply.bytes.toString('utf8'));
    if ('disabled' in manifest) {
      plugin.important = false;
      this.#kill(plugin, 'info', `disabled itself: ${manifest.disabled}`);
      return;
    }
    const nextNumber = (): number => this.#requests++;
    register(plugin, manifest, this.#parts.registries, start.settings, this.#plugins, nextNumber);
    plugin.state = 'needs init';
    start.manifestReceived();
    const uncalled = manifest.hooks
      .map(({ name }) => name)
      .filter((name) => !CALLED_HOOKS.has(name));
    if (uncalled.length > 0) {
      plugin.log.log('unusual', `the sandbox never calls the hooks ${uncalled.join(', ')}`);
    }
    if (this.#phase === 'starting') return;
    if (!manifest.dynamic) {
      this.#kill(plugin, 'info', 'Not a dynamic plugin');
      return;
    }
    this.#orderHooks();
    if (!this.#plugins.includes(plugin)) return;
    this.#checkSubscriptions(plugin);
    this.#initialise(plugin);
  }

  /** Orders the hooks. Kills new plugins whose requirements contradict those of others. */
  #orderHooks(): void {
    const contradicting = [...CALLED_HOOKS].flatMap(
      (name) => orderHook(name, this.#plugins).contradicting,
    );
    for (const plugin of contradicting) {
      if (plugin.state === 'needs init') {
        this.#kill(plugin, 'unusual', 'Cannot meet required hook dependencies');
      }
    }
    this.#hooks = new Map(
      [...CALLED_HOOKS].map((name) => [name, orderHook(name, this.#plugins).order]),
    );
    for (const [name, order] of this.#hooks) {
      for (const { plugin, line } of unknownRequirements(name, order))
        plugin.log.log('debug', line);
    }
  }

  /** Logs subscriptions to unknown topics, as lightningd does. */
  #checkSubscriptions(plugin: Plugin): void {
    for (const topic of plugin.manifest?.subscriptions ?? []) {
      const known =
        topic === '*' ||
        isNativeTopic(topic) ||
        isBuiltinTopic(topic) ||
        this.#plugins.some(({ manifest }) => manifest?.notifications.includes(topic) === true);
      if (!known) plugin.log.log('unusual', `topic '${topic}' is not a known notification topic`);
    }
  }

  #initialise(plugin: Plugin): void {
    const start = this.#starts.get(plugin);
    if (start !== undefined) this.#setDeadline(plugin, start);
    plugin.state = 'awaiting init';
    const { registries, configuration } = this.#parts;
    const options = plugin.manifest?.options ?? [];
    plugin.request(
      requestId(undefined, 'init', this.#requests++),
      'init',
      initParams(options, registries.options, configuration, this.#phase === 'starting'),
      { onReply: (reply) => this.#handleInit(plugin, reply), onTermination: () => undefined },
    );
  }

  #handleInit(plugin: Plugin, reply: Frame): void {
    const result = resultOf(reply);
    const disabled = result === undefined ? undefined : member(result, 'disable');
    if (disabled !== undefined) {
      plugin.important = false;
      this.#kill(plugin, 'debug', `disabled itself at init: ${disabled.text}`);
      return;
    }
    // An error reply leaves the plugin running: observed on lightningd v26.06.6.
    plugin.state = 'running';
    this.#settle(plugin, undefined);
    this.#parts.registries.notifier.native('plugin_started', () => pluginJson(plugin));
  }

  #settle(plugin: Plugin, fault: PluginFault | undefined): void {
    this.#starts.get(plugin)?.settle(fault);
    this.#starts.delete(plugin);
  }

  #kill(plugin: Plugin, level: LogLevel, why: string): void {
    const index = this.#plugins.indexOf(plugin);
    if (index === -1) return;
    plugin.log.log(level, `Killing plugin: ${why}`);
    plugin.process.kill();
    this.#plugins.splice(index, 1);
    this.#hooks = new Map(
      [...this.#hooks].map(([name, hooked]) => [
        name,
        hooked.filter((each) => each.plugin !== plugin),
      ]),
    );
    unregister(plugin, this.#parts.registries);
    plugin.failPending();
    this.#settle(plugin, new PluginFault(why));
    this.#onEnd.get(plugin)?.();
    this.#onEnd.delete(plugin);
    if (this.#phase === 'stopping') return;
    if (plugin.important) {
      plugin.log.log('broken', 'Plugin marked as important, shutting down lightningd!');
      this.#fail(`Plugin ${plugin.path} is important, and ended: ${why}`);
    }
    this.#parts.registries.notifier.native('plugin_stopped', () => pluginJson(plugin));
  }

  #fail(message: string): void {
    this.#parts.onFatal(new SandboxError('plugin_failed', message));
  }
}

function pluginJson(plugin: Plugin): JsonObject {
  return {
    plugin_name: plugin.name,
    plugin_path: plugin.path,
    methods: plugin.methods,
  };
}

function resultOf(reply: Frame): JsonToken | undefined {
  const result = findMember(reply, 'result');
  return result === undefined
    ? undefined
    : parseToken(reply.bytes.toString('utf8', result.start, result.end));
}
