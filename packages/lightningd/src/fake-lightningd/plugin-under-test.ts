import { encodeJson } from '@clnrest/json';
import type { NotificationPayload } from '../plugin/notification-types.ts';
import type { HookName, HookRequest, HookResponse } from '../plugin/hook-types.ts';
import { RpcError } from '../rpc/errors.ts';
import { NATIVE_TOPICS } from '../topics.ts';
import type { FakeLightningd, PluginFrame } from './fake-lightningd.ts';
import type { FakeSocket } from './fake-socket.ts';

/** A call that a plugin made on the node's socket. */
export interface NodeCall {
  readonly method: string;
  readonly params: unknown;
}

/** A value of an option. */
type OptionInput = string | number | bigint | boolean;

function optionText(value: OptionInput): string {
  return typeof value === 'string' ? value : encodeJson(value);
}

function valueMember(value: OptionInput | readonly OptionInput[] | undefined): object {
  if (value === undefined) return {};
  return { val: typeof value === 'object' ? value.map(optionText) : optionText(value) };
}

/** The parts of a running plugin. */
interface Parts {
  readonly lightningd: FakeLightningd;
  readonly manifest: PluginFrame;
  readonly init: PluginFrame;
  readonly socket: FakeSocket;
  readonly calls: readonly NodeCall[];
  readonly status: Promise<number | null>;
  kill(): void;
}

/**
 * A plugin that runs under a fake lightningd; {@link startPlugin} returns it. Values are exact: integers beyond
 * ±(2^53 − 1) are bigints. Every wait rejects if the plugin ends before.
 *
 * @example
 * ```ts
 * import { Plugin } from '@clnrest/lightningd';
 * import { PluginUnderTest, startPlugin } from '@clnrest/lightningd/testing';
 * const plugin = new Plugin({ notifications: ['seen'] });
 * plugin.subscribe('block_added', ({ payload }) => plugin.notify('seen', { height: payload.height }));
 * const node = await startPlugin(plugin);
 * node instanceof PluginUnderTest // => true
 * node.notify('block_added', { hash: '00'.repeat(32), height: 7 });
 * await node.notification('seen') // => { height: 7 }
 * await node.stop() // => 0
 * ```
 */
export class PluginUnderTest implements AsyncDisposable {
  /** The plugin's streams, for messages that the methods of this class do not send. */
  readonly lightningd: FakeLightningd;
  /** The plugin's manifest. */
  readonly manifest: Readonly<Record<string, unknown>>;
  /** The reason if the plugin has disabled itself. */
  readonly disabled: string | undefined;
  /** The calls of the plugin on the node's socket, in order. */
  readonly calls: readonly NodeCall[];
  /** The exit status, when the plugin has ended; null after a signal. */
  readonly status: Promise<number | null>;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.lightningd = parts.lightningd;
    this.manifest = parts.manifest.result ?? {};
    const reason = this.manifest['disable'] ?? parts.init.result?.['disable'];
    this.disabled = reason === undefined ? undefined : String(reason);
    this.calls = parts.calls;
    this.status = parts.status;
  }

  /** The log lines so far, as `level message`. */
  get logs(): readonly string[] {
    return this.lightningd.logged();
  }

  /** Calls a command of the plugin. @throws RpcError with the plugin's error */
  async call(method: string, params: unknown = {}): Promise<unknown> {
    const { result, error } = await this.lightningd.request(method, params);
    if (error !== undefined) throw new RpcError(error.code, error.message, { data: error.data });
    return result;
  }

  /** Checks a call of a command without running it, as lightningd's `check`. @throws RpcError with the plugin's error */
  async check(method: string, params: object = {}): Promise<void> {
    const named: unknown = Array.isArray(params)
      ? [method, ...(params as unknown[])]
      : { command_to_check: method, ...params };
    await this.call('check', named);
  }

  /** Calls a hook of the plugin. Resolves with its response. */
  async hook<Name extends HookName>(
    name: Name,
    params: HookRequest<Name>,
  ): Promise<HookResponse<Name>> {
    return (await this.call(name, params)) as HookResponse<Name>;
  }

  /**
   * Sends a notification. The payload of the node's own topics is wrapped in the topic's name, as lightningd does; others
   * have an origin, the plugin that sends them.
   */
  notify<Topic extends string>(
    topic: Topic,
    payload: NotificationPayload<Topic>,
    origin = 'another-plugin',
  ): void {
    if (NATIVE_TOPICS.includes(topic)) this.lightningd.notify(topic, { [topic]: payload });
    else this.lightningd.notify(topic, payload, { origin });
  }

  /**
   * Changes a dynamic option, as `setconfig` does: lightningd sends every value as a string, those of a `multi` option as an
   * array of strings, and none for a flag.
   *
   * @throws RpcError if the plugin rejects the value
   */
  async setOption(name: string, value?: OptionInput | readonly OptionInput[]): Promise<void> {
    await this.call('setconfig', { config: name, ...valueMember(value) });
  }

  /** Waits for a log line, `level message`, with this start or that matches. */
  async log(start: string | RegExp): Promise<string> {
    return this.lightningd.logLine(start);
  }

  /** Waits for the first notification that the plugin sends on a topic. Resolves with its payload. */
  async notification(topic: string): Promise<unknown> {
    return (await this.lightningd.frame(({ id, method }) => id === undefined && method === topic))
      .params;
  }

  /** Ends the plugin as lightningd does: sends `shutdown` to a subscriber, and closes stdin. Resolves with the status. */
  async stop(): Promise<number | null> {
    const subscriptions = this.manifest['subscriptions'];
    const isSubscribed = ['shutdown', '*'].some(
      (topic) => Array.isArray(subscriptions) && subscriptions.includes(topic),
    );
    if (isSubscribed) this.notify('shutdown', {});
    this.lightningd.end();
    const status = await this.status;
    await this.#parts.socket[Symbol.asyncDispose]();
    return status;
  }

  /** Kills a program, and closes stdin of a plugin in this process. */
  async kill(): Promise<void> {
    this.#parts.kill();
    await this.status;
    await this.#parts.socket[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
