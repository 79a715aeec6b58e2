import { encodeJson } from '../json/encode.ts';
import type { RpcClient } from '../rpc/client.ts';
import { Conversation } from './conversation.ts';
import type {
  Configuration,
  HookDeclaration,
  HookHandler,
  InitContext,
  LogLevel,
  ManifestRequest,
  MethodDeclaration,
  MethodHandler,
  NotificationHandler,
  NotificationParams,
  PluginSettings,
} from './declarations.ts';
import type { OptionDeclarations, OptionValues } from './option-types.ts';
import { checkDeclarations } from './options.ts';
import { Life, type MayDecline } from './life.ts';
import { Outbox } from './outbox.ts';
import type { PluginIo } from './plugin-io.ts';
import { processIo } from './process-io.ts';
import { Registry } from './registry.ts';

/** What stdout may take to swallow the last words. */
const FLUSH_MS = 1_000;

const BY_HAND = `This program is a plugin of Core Lightning: lightningd starts it and talks to it.
Start it with
  lightningd --plugin=/path/to/this/program
or, while lightningd is running, with
  lightning-cli plugin start /path/to/this/program
`;

/**
 * A lightningd plugin: declare what it has, then `run()`.
 *
 * stdout belongs to the protocol: while the plugin runs, `console` and whatever else writes there is
 * turned to lightningd's log. The program ends when lightningd says `shutdown`, closes stdin or is
 * gone; the close callbacks run before that.
 *
 * @example
 * ```ts no-run
 * import { encodeJson, Plugin, RpcError } from '@clnrest/lightningd';
 *
 * const plugin = new Plugin({
 *   options: {
 *     greeting: { type: 'string', default: 'Hello', description: 'How to greet' },
 *     'greeting-count': { type: 'int', description: 'How often at most' },
 *   },
 * });
 *
 * plugin.method('hello', { usage: '[name]', description: 'Greets' }, async ({ params }) => {
 *   const [name = 'world'] = Array.isArray(params) ? params : [(params as { name?: string }).name];
 *   if (typeof name !== 'string') throw new RpcError(-32602, 'name: should be a string');
 *   return { greeting: `${plugin.options.greeting}, ${name}!` };
 * });
 *
 * plugin.subscribe('invoice_payment', ({ payload }) => plugin.log('info', encodeJson(payload)));
 *
 * await plugin.run();
 * ```
 */
export class Plugin<
  const O extends OptionDeclarations = Record<never, never>,
  const T extends string = never,
> {
  readonly #settings: PluginSettings<O, T>;
  readonly #registry = new Registry();
  readonly #outbox = new Outbox();
  readonly #life: Life<O>;
  #started = false;

  /** Throws a TypeError for declarations that lightningd would not take. */
  constructor(settings: PluginSettings<O, T> = {}) {
    checkDeclarations(settings.options ?? {});
    this.#settings = settings;
    this.#life = new Life<O>(settings, this.#registry, this.#outbox);
  }

  /** The options' values. Throws before `init`. */
  get options(): OptionValues<O> {
    return afterInit(this.#life.options, 'options');
  }

  /** What the node said of itself at `init`. Throws before that. */
  get configuration(): Configuration {
    return afterInit(this.#life.configuration, 'configuration');
  }

  /** A client of the node that runs this plugin. Throws before `init`; closed after the close callbacks. */
  get rpc(): RpcClient {
    return afterInit(this.#life.rpc, 'rpc');
  }

  /** Adds a command to the node. Throws a TypeError if this plugin has the name already, or runs. */
  method(name: string, declaration: MethodDeclaration, handler: MethodHandler): this {
    this.#registry.addMethod(name, { declaration, handler });
    return this;
  }

  /** Listens to a topic, or with `*` to every one but `log`. Several handlers may share a topic. */
  subscribe(topic: string, handler: NotificationHandler): this {
    this.#registry.addTopic(topic, handler);
    return this;
  }

  /** Takes part in a decision of the node's. lightningd waits for the answer. */
  hook(name: string, handler: HookHandler, declaration: HookDeclaration = {}): this {
    this.#registry.addHook(name, { declaration, handler });
    return this;
  }

  /** Called when lightningd asks what there is; may decline to run. Must not touch any files. */
  onManifest(callback: (request: ManifestRequest) => MayDecline): this {
    this.#life.manifestCallbacks.push(callback);
    return this;
  }

  /**
   * Called when the options are known and the node can be called; may decline to run. If it throws,
   * the plugin declines too: lightningd would keep a plugin whose `init` fails.
   */
  onInit(callback: (context: InitContext<O>) => MayDecline): this {
    this.#life.initCallbacks.push(callback);
    return this;
  }

  /** Called when `setconfig` is about to change a dynamic option. An RpcError refuses the change. */
  onSetConfig(callback: (name: string, value: unknown) => unknown): this {
    this.#life.setConfigCallbacks.push(callback);
    return this;
  }

  /** Called once before the program ends, within `closeTimeoutMs`. Subscribes to `shutdown`. */
  onClose(callback: () => unknown): this {
    this.#registry.addTopic('shutdown', undefined);
    this.#life.closeCallbacks.push(callback);
    return this;
  }

  /** Writes to lightningd's log, a line for each line. `warn` is `unusual` and `error` is `broken`. */
  log(level: LogLevel, message: string): void {
    this.#outbox.log(level, message);
  }

  /** Sends a notification to the plugins that listen to this topic. Throws a TypeError if the topic was not declared. */
  notify(topic: T, params: NotificationParams): void {
    if (this.#settings.notifications?.includes(topic) !== true) {
      throw new TypeError(`the topic ${topic} was not declared`);
    }
    if (typeof params === 'string') JSON.parse(params);
    this.#outbox.notification(topic, typeof params === 'string' ? params : encodeJson(params));
  }

  /**
   * Speaks with lightningd until the plugin is done, then ends the program; resolves with the exit
   * status where the surroundings given have no end. Never rejects.
   */
  async run(io: PluginIo = processIo()): Promise<number> {
    if (this.#started) throw new TypeError('the plugin runs already');
    this.#started = true;
    if (io.startedByHand !== undefined) {
      io.startedByHand(BY_HAND);
      io.exit?.(1);
      return 1;
    }
    this.#outbox.open(io.stdout, io.lightningdVersion);
    this.#life.begin(io.lightningdVersion);
    const conversation = new Conversation(this.#registry, this.#life, this.#outbox);
    const unguard = io.guard?.({
      log: (level, message) => this.log(level, message),
      failure: (what, error) => this.#outbox.failure('broken', what, error),
      close: (status) => conversation.end(status),
    });
    const status = await conversation.hold(io);
    await this.#life.close();
    unguard?.();
    await this.#outbox.flush(FLUSH_MS);
    io.exit?.(status);
    return status;
  }
}

function afterInit<V>(value: V | undefined, name: string): V {
  if (value === undefined) throw new TypeError(`plugin.${name} is known after init`);
  return value;
}
