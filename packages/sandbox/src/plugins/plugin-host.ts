import { basename } from 'node:path';
import { findMember, type Frame } from '../json/frame-scanner.ts';
import type { JsonObject } from '../json/output.ts';
import { parseJson } from '../json/parse.ts';
import { JsonSyntaxError } from '../json/syntax-error.ts';
import { member, type JsonToken } from '../json/token.ts';
import type { LogLevel } from '../log/level.ts';
import type { LogBook, Logger } from '../log/log-book.ts';
import { nativeText } from '../notifications/notifier.ts';
import { isBuiltinTopic, isNativeTopic } from '../notifications/topics.ts';
import type { Setting } from '../options/definition.ts';
import { SandboxError } from '../sandbox-error.ts';
import { VERSION } from '../version.ts';
import { adopt, OptionTaken, optionTakenMessage, release, type Household } from './adoption.ts';
import { PluginFault } from './fault.ts';
import { initParams, type PluginSurroundings } from './init.ts';
import { readManifest } from './manifest.ts';
import { Plugin, requestId, stateDescription } from './plugin.ts';
import { hearPlugin } from './plugin-notification.ts';
import { PluginProcess, unreadable } from './plugin-process.ts';
import { PluginStart } from './plugin-start.ts';

/** How long the host waits for plugins, in milliseconds. */
interface Patience {
  /** For an answer to getmanifest, and to init. */
  readonly startup: number;
  /** For the end of one that was told to end. */
  readonly shutdown: number;
  /** For the end of one that does not want to be told, once its input has ended. */
  readonly inputEnd: number;
}

/** lightningd's; but there a plugin that was not told is left to itself. */
const PATIENCE: Patience = { startup: 120_000, shutdown: 30_000, inputEnd: 1000 };

interface PluginHostParts {
  readonly surroundings: PluginSurroundings;
  /** Paths of plugins that come with the product, as they are when all links are followed. */
  readonly shipped: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly developer: boolean;
  readonly allowDeprecated: boolean;
  readonly logBook: LogBook;
  readonly household: Household;
  /** A plugin that the node can't do without has failed: the node must stop. */
  readonly onFatal: (error: SandboxError) => void;
  readonly patience?: Patience;
}

/** Starts plugins, talks with them, and ends them. */
export class PluginHost {
  readonly #parts: PluginHostParts;
  readonly #patience: Patience;
  readonly #log: Logger;
  readonly #plugins: Plugin[] = [];
  readonly #starts = new Map<Plugin, PluginStart>();
  /** What to do when a plugin has ended that was asked to. */
  readonly #endings = new Map<Plugin, () => void>();
  #requests = 0;
  /** While the node starts, plugins wait for each other before they are initialised. */
  #phase: 'starting' | 'running' | 'stopping' = 'starting';

  constructor(parts: PluginHostParts) {
    this.#parts = parts;
    this.#patience = parts.patience ?? PATIENCE;
    this.#log = parts.logBook.logger('plugin-manager');
  }

  /** Those that run or are about to, in the order in which they were started. */
  list(): readonly Plugin[] {
    return this.#plugins;
  }

  /**
   * Starts plugins with the node. All say what they are before any is initialised: only then is it
   * known which options there are. Resolves when all have, or are gone.
   */
  async begin(plugins: readonly { path: string; important: boolean }[]): Promise<void> {
    const starts = plugins.map(({ path, important }) =>
      this.#launch(path, important, undefined, []),
    );
    await Promise.all(starts.map(({ manifestIn }) => manifestIn));
    for (const plugin of this.#plugins) this.#checkSubscriptions(plugin);
  }

  /** Initialises the plugins that were begun. Resolves when each runs or is gone. */
  async initialise(): Promise<void> {
    const starts = [...this.#starts.values()];
    for (const plugin of this.#starts.keys()) this.#initialise(plugin);
    await Promise.all(starts.map(({ settled }) => settled));
    if (this.#phase === 'starting') this.#phase = 'running';
  }

  /**
   * Starts one plugin while the node runs.
   *
   * @param cause - the id of the request that asks for it
   * @returns what went wrong, once that is known, or nothing once it runs
   */
  start(
    path: string,
    settings: readonly Setting[],
    cause: string,
  ): Promise<PluginFault | undefined> {
    return this.#launch(path, false, cause, settings).settled;
  }

  /** Ends one plugin while the node runs: told and given time if it cares, at once otherwise. */
  async stop(plugin: Plugin): Promise<void> {
    plugin.important = false;
    const kill = (): void => this.#kill(plugin, 'info', 'stopped by lightningd via RPC');
    if (this.#caresForShutdown(plugin)) {
      const ended = new Promise<void>((resolve) => this.#endings.set(plugin, resolve));
      plugin.notify([nativeText('shutdown', {})]);
      const timer = setTimeout(() => {
        plugin.log.log('unusual', 'Timeout on shutdown: killing anyway');
        kill();
      }, this.#patience.shutdown);
      await ended;
      clearTimeout(timer);
    } else {
      kill();
    }
    await plugin.process.exited(this.#patience.inputEnd);
  }

  /** Ends all plugins with the node. None is left behind, whatever it does. */
  async shutdown(): Promise<void> {
    this.#phase = 'stopping';
    await Promise.all([...this.#plugins].map((plugin) => this.#end(plugin)));
  }

  async #end(plugin: Plugin): Promise<void> {
    const cares = this.#caresForShutdown(plugin);
    if (cares) plugin.notify([nativeText('shutdown', {})]);
    else plugin.process.endInput();
    const { shutdown, inputEnd } = this.#patience;
    if (!(await plugin.process.exited(cares ? shutdown : inputEnd))) {
      this.#parts.logBook
        .logger('lightningd')
        .log('debug', `${plugin.name}: failed to self-terminate in time, killing.`);
    }
    this.#kill(plugin, 'debug', `exited ${stateDescription(plugin.state)}`);
    await plugin.process.exited(inputEnd);
  }

  #caresForShutdown(plugin: Plugin): boolean {
    return plugin.state === 'running' && plugin.subscribesTo('shutdown');
  }

  #launch(
    path: string,
    important: boolean,
    cause: string | undefined,
    settings: readonly Setting[],
  ): PluginStart {
    const { surroundings, environment, developer, logBook, allowDeprecated } = this.#parts;
    const name = basename(path);
    const process = new PluginProcess(
      {
        path,
        args: developer ? ['--developer'] : [],
        directory: surroundings.directory,
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
    const plugin: Plugin = new Plugin({ path, name, important, process, log });
    const start = new PluginStart(settings);
    this.#plugins.push(plugin);
    this.#starts.set(plugin, start);
    this.#limit(plugin, start);
    if (process.pid !== undefined) this.#log.log('debug', `started(${process.pid}) ${path}`);
    plugin.request(
      requestId(cause, 'getmanifest', this.#requests++),
      'getmanifest',
      { 'allow-deprecated-apis': allowDeprecated },
      {
        answered: (reply) => this.#takeManifest(plugin, start, reply),
        terminated: () => undefined,
      },
    );
    return start;
  }

  #limit(plugin: Plugin, start: PluginStart): void {
    start.limit(this.#patience.startup, () => {
      this.#kill(plugin, 'unusual', `timed out ${stateDescription(plugin.state)}`);
      if (this.#phase === 'starting') {
        this.#fail("Can't recover from plugin failure, terminating.");
      }
    });
  }

  /** Whatever a plugin does wrong ends it, and nothing else. */
  #receive(plugin: Plugin, frame: Frame): void {
    try {
      if (findMember(frame, 'jsonrpc') === undefined) {
        throw new JsonSyntaxError('not_json_rpc', 'no jsonrpc', frame.bytes.toString('utf8'));
      }
      if (findMember(frame, 'id') !== undefined) plugin.answer(frame);
      else hearPlugin(plugin, frame, this.#parts.household.notifier);
    } catch (error) {
      const fault = error instanceof JsonSyntaxError ? unreadable(error) : error;
      if (!(fault instanceof PluginFault)) throw error;
      if (fault instanceof OptionTaken && this.#phase === 'starting') {
        this.#fail(optionTakenMessage(fault, plugin.path, this.#parts.shipped));
      }
      this.#kill(plugin, 'unusual', fault.message);
    }
  }

  #takeManifest(plugin: Plugin, start: PluginStart, reply: Frame): void {
    const manifest = readManifest(resultOf(reply), plugin.path, reply.bytes.toString('utf8'));
    if ('disabled' in manifest) {
      plugin.important = false;
      this.#kill(plugin, 'info', `disabled itself: ${manifest.disabled}`);
      return;
    }
    const nextNumber = (): number => this.#requests++;
    adopt(plugin, manifest, this.#parts.household, start.settings, this.#plugins, nextNumber);
    plugin.state = 'needs init';
    start.takeManifest();
    if (manifest.hooks.length > 0) {
      plugin.log.log('unusual', `hooks are never called here: ${manifest.hooks.join(', ')}`);
    }
    if (this.#phase === 'starting') return;
    if (!manifest.dynamic) {
      this.#kill(plugin, 'info', 'Not a dynamic plugin');
      return;
    }
    this.#checkSubscriptions(plugin);
    this.#initialise(plugin);
  }

  /** A topic that nobody notifies of is suspicious, and no more. */
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
    if (start !== undefined) this.#limit(plugin, start);
    plugin.state = 'awaiting init';
    const { household, surroundings } = this.#parts;
    const options = plugin.manifest?.options ?? [];
    plugin.request(
      requestId(undefined, 'init', this.#requests++),
      'init',
      initParams(options, household.options, surroundings, this.#phase === 'starting'),
      { answered: (reply) => this.#takeInit(plugin, reply), terminated: () => undefined },
    );
  }

  #takeInit(plugin: Plugin, reply: Frame): void {
    const result = resultOf(reply);
    const disabled = result === undefined ? undefined : member(result, 'disable');
    if (disabled !== undefined) {
      plugin.important = false;
      this.#kill(plugin, 'debug', `disabled itself at init: ${disabled.text}`);
      return;
    }
    // An error for an answer leaves the plugin running: observed on lightningd v26.06.6.
    plugin.state = 'running';
    this.#settle(plugin, undefined);
    this.#parts.household.notifier.native('plugin_started', () => pluginJson(plugin));
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
    release(plugin, this.#parts.household);
    plugin.failPending();
    this.#settle(plugin, new PluginFault(why));
    this.#endings.get(plugin)?.();
    this.#endings.delete(plugin);
    if (this.#phase === 'stopping') return;
    if (plugin.important) {
      plugin.log.log('broken', 'Plugin marked as important, shutting down lightningd!');
      this.#fail(`Plugin ${plugin.path} is important, and ended: ${why}`);
    }
    this.#parts.household.notifier.native('plugin_stopped', () => pluginJson(plugin));
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
    : parseJson(reply.bytes.toString('utf8', result.start, result.end));
}
