import { encodeJson } from '@clnrest/json';
import type { RpcClient } from '../rpc/client.ts';
import type { ParameterDeclarations } from '../parameters/declaration.ts';
import { type CommandDeclaration, commandMethod } from './command.ts';
import { PluginSession } from './session.ts';
import type {
  Configuration,
  InitContext,
  LogLevel,
  ManifestRequest,
  MethodDeclaration,
  MethodHandler,
  PluginSettings,
} from './declarations.ts';
import type { HookDeclaration, HookHandler, HookName } from './hook-types.ts';
import type {
  NotificationHandler,
  NotificationTopic,
  SentNotification,
} from './notification-types.ts';
import type { OptionDeclarations, OptionValues } from './option-types.ts';
import { checkDeclarations } from './options.ts';
import { Lifecycle, type MayDecline } from './lifecycle.ts';
import { MessageWriter } from './message-writer.ts';
import type { PluginIo } from './plugin-io.ts';
import { guardBeforeRun, processIo } from './process-io.ts';
import { type RegisteredHook, Registry } from './registry.ts';

/** The time limit for the last messages to lightningd. */
const FLUSH_MS = 1_000;

const BY_HAND = `This program is a plugin of Core Lightning: lightningd starts it and talks to it.
Start it with
  lightningd --plugin=/path/to/this/program
or, while lightningd is running, with
  lightning-cli plugin start /path/to/this/program
`;

/**
 * A lightningd plugin: declare options, methods, hooks and subscriptions, then call `run()`.
 *
 * The protocol uses stdout: from the constructor on, `console` and other writes to stdout go to
 * lightningd's log. Lines written before `run()` reach it when the plugin runs, or stderr if it never runs. The program exits when lightningd sends `shutdown`, closes stdin or ends. The close
 * callbacks run first.
 *
 * @example
 * ```ts no-run
 * import { Plugin } from '@clnrest/lightningd';
 * import { defaulted, text } from '@clnrest/lightningd/parameters';
 *
 * const plugin = new Plugin({
 *   options: {
 *     greeting: { type: 'string', default: 'Hello', description: 'How to greet' },
 *     'greeting-count': { type: 'int', description: 'How often at most' },
 *   },
 * });
 *
 * plugin.command({
 *   name: 'hello',
 *   description: 'Greets',
 *   parameters: { name: defaulted(text, 'world') },
 *   run: ({ name }) => ({ greeting: `${plugin.options.greeting}, ${name}!` }),
 * });
 *
 * plugin.subscribe('invoice_payment', ({ payload: { label, msat } }) => {
 *   plugin.log('info', `${label} is paid: ${msat} msat`);
 * });
 *
 * void plugin.run();
 * ```
 */
export class Plugin<
  const O extends OptionDeclarations = Record<never, never>,
  const T extends string = never,
> {
  readonly #settings: PluginSettings<O, T>;
  readonly #registry = new Registry();
  readonly #writer = new MessageWriter();
  readonly #lifecycle: Lifecycle<O>;
  readonly #endEarlyGuard: () => void;
  #started = false;
  #isDeveloper = false;

  /** Throws a TypeError for options that lightningd would reject. */
  constructor(settings: PluginSettings<O, T> = {}) {
    checkDeclarations(settings.options ?? {});
    this.#settings = settings;
    this.#lifecycle = new Lifecycle<O>(settings, this.#registry, this.#writer);
    this.#endEarlyGuard = guardBeforeRun({
      log: (level, line) => this.log(level, line),
      waitingLines: () => this.#writer.waitingLines(),
    });
  }

  /** The values of the options. Throws before `init`. */
  get options(): OptionValues<O> {
    return afterInit(this.#lifecycle.options, 'options');
  }

  /** The node's configuration. Throws before `init`. */
  get configuration(): Configuration {
    return afterInit(this.#lifecycle.configuration, 'configuration');
  }

  /** A client of the node. Throws before `init`; closed after the close callbacks. */
  get rpc(): RpcClient {
    return afterInit(this.#lifecycle.rpc, 'rpc');
  }

  /**
   * Adds a command with declared parameters to the node. Calls by name and by position are read as lightningd reads those
   * of its own commands, with its error texts. `check` reads the parameters and does not run the command.
   *
   * Throws a TypeError if the name is taken or the manifest is already sent.
   *
   * @example
   * ```ts
   * import { Plugin } from '@clnrest/lightningd';
   * import { defaulted, msat, required } from '@clnrest/lightningd/parameters';
   *
   * const plugin = new Plugin();
   * plugin.command({
   *   name: 'fee-of',
   *   description: 'Returns the fee for an amount',
   *   parameters: { amount_msat: required(msat), ppm: defaulted(msat, 1000n) },
   *   run: ({ amount_msat, ppm }) => ({ fee_msat: (amount_msat * ppm) / 1_000_000n }),
   * });
   * ```
   */
  command<const P extends ParameterDeclarations>(command: CommandDeclaration<P>): this {
    this.#registry.addMethod(
      command.name,
      commandMethod(command, () => this.#isDeveloper),
    );
    return this;
  }

  /**
   * Adds a command that reads its own parameters. Throws a TypeError if the name is taken or the manifest is already sent.
   */
  method(name: string, declaration: MethodDeclaration, handler: MethodHandler): this {
    this.#registry.addMethod(name, { declaration, handler });
    return this;
  }

  /**
   * Subscribes to a topic, or with `*` to all topics except `log`. A topic can have several handlers. To subscribe to a
   * topic of another plugin, add its payload to `NotificationPayloads` by declaration merging; see {@link Plugin.hook}.
   */
  subscribe<Topic extends NotificationTopic | '*'>(
    topic: Topic,
    handler: NotificationHandler<Topic>,
  ): this {
    this.#registry.addTopic(topic, handler as NotificationHandler);
    return this;
  }

  /**
   * Registers a handler for a hook. lightningd waits for its result.
   *
   * The types know the hooks and topics of lightningd v26.06.6. Add others by declaration merging:
   *
   * ```ts no-run
   * declare module '@clnrest/commands' {
   *   interface HookPayloads {
   *     future_hook: { readonly request: { readonly id: string }; readonly response: { result: 'continue' } };
   *   }
   *   interface NotificationPayloads {
   *     coffee_ordered: { readonly cups: number };
   *   }
   * }
   * ```
   */
  hook<Name extends HookName>(
    name: Name,
    handler: HookHandler<Name>,
    declaration: HookDeclaration<Name> = {},
  ): this {
    this.#registry.addHook(name, { declaration, handler } as RegisteredHook);
    return this;
  }

  /** Adds a callback for `getmanifest`, which can disable the plugin. It must not access files. */
  onManifest(callback: (request: ManifestRequest) => MayDecline): this {
    this.#lifecycle.manifestCallbacks.push(callback);
    return this;
  }

  /**
   * Adds a callback for `init`, which can use the options and `rpc`, and can disable the plugin. An
   * error disables the plugin too: lightningd would keep a plugin whose `init` fails.
   */
  onInit(callback: (context: InitContext<O>) => MayDecline): this {
    this.#lifecycle.initCallbacks.push(callback);
    return this;
  }

  /** Adds a callback that runs before `setconfig` changes a dynamic option. An RpcError rejects the change. */
  onSetConfig(callback: (name: string, value: unknown) => unknown): this {
    this.#lifecycle.setConfigCallbacks.push(callback);
    return this;
  }

  /**
   * Adds a callback that runs before the program exits, within `closeTimeoutMs`. Subscribes to `shutdown`. Meanwhile handlers
   * still get what lightningd sends while it stops.
   */
  onClose(callback: () => unknown): this {
    this.#registry.addTopic('shutdown', undefined);
    this.#lifecycle.closeCallbacks.push(callback);
    return this;
  }

  /** Writes each line to lightningd's log. `warn` is `unusual` and `error` is `broken`. */
  log(level: LogLevel, message: string): void {
    this.#writer.log(level, message);
  }

  /** Sends a notification to the topic's subscribers. Throws a TypeError if the topic is not declared. */
  notify<Topic extends T>(topic: Topic, params: SentNotification<Topic>): void {
    if (this.#settings.notifications?.includes(topic) !== true) {
      throw new TypeError(`the topic ${topic} is not declared: add it to notifications`);
    }
    if (typeof params === 'string') JSON.parse(params);
    this.#writer.notification(topic, typeof params === 'string' ? params : encodeJson(params));
  }

  /**
   * Serves lightningd until the plugin closes, then exits the program. Resolves with the exit status if
   * `io` has no `exit`. Never rejects.
   */
  async run(io: PluginIo = processIo()): Promise<number> {
    if (this.#started) throw new TypeError('the plugin is already running');
    this.#started = true;
    if (io.startedByHand !== undefined) {
      io.startedByHand(BY_HAND);
      io.exit?.(1);
      return 1;
    }
    this.#writer.open(io.stdout, io.lightningdVersion);
    this.#lifecycle.setVersion(io.lightningdVersion);
    this.#isDeveloper = io.developer === true;
    const session = new PluginSession(this.#registry, this.#lifecycle, this.#writer);
    const unguard = io.guard?.({
      log: (level, message) => this.log(level, message),
      failure: (what, error) => this.#writer.failure('broken', what, error),
      close: (status) => session.end(status),
    });
    const status = await session.run(io);
    await this.#lifecycle.close();
    session.close();
    unguard?.();
    this.#endEarlyGuard();
    await this.#writer.flush(FLUSH_MS);
    io.exit?.(status);
    return status;
  }
}

function afterInit<V>(value: V | undefined, name: string): V {
  if (value === undefined) throw new TypeError(`plugin.${name} is not available before init`);
  return value;
}
