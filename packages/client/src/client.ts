import { openTransport } from '#transport';
import type { Amounts, WithAmounts } from './amounts.ts';
import { type Method, methodsOf } from './methods.ts';
import { type CallOptions, NodeClient } from './node-client.ts';
import {
  type ListenOptions,
  type Missed,
  type NotificationEvent,
  subscribe,
  type Topic,
} from './notifications/subscribe.ts';
import { Pacer } from './pacing/pacer.ts';
import { commandRequest, METHODS_REQUEST } from './request.ts';
import { RequestSender } from './request-sender.ts';
import { type ClnrestClientOptions, readSettings, type Settings } from './settings.ts';
import type { CallTransport } from './transport/call-transport.ts';
import { interruptible } from './waiting/interruptible.ts';

const JSON_TYPE = 'application/json';

/** `waitinvoice` has no timeout of its own. A connection that broke unnoticed is given up after this time. */
const WAIT_MS = 90_000;

/**
 * Calls a node's commands over REST and subscribes to its notifications, in Node and in browsers.
 *
 * Every method fails with a {@link ClnrestError}. The client sends each request once. It retries only calls that
 * the node rejected as too soon, and only with `pace`.
 *
 * @example
 * ```ts no-run
 * import { ClnrestClient } from '@clnrest/client';
 *
 * const client = new ClnrestClient({ url: 'https://127.0.0.1:3010', rune, ca });
 * const { id, alias } = await client.call('getinfo');
 * ```
 *
 * @example
 * ```ts
 * import { ClnrestClient } from '@clnrest/client';
 *
 * const client = new ClnrestClient({ url: 'https://127.0.0.1:3010', rune: 'my secret'.replace(' ', '-') });
 * JSON.stringify(client) // => '{"url":"https://127.0.0.1:3010/","rune":"(hidden)"}'
 * ```
 */
export class ClnrestClient<A extends Amounts = 'mixed'> extends NodeClient<A> {
  readonly #settings: Settings;
  readonly #sender: RequestSender;

  /** @throws {ClnrestError} `invalid_request` if an option is invalid */
  constructor(options: ClnrestClientOptions<A>) {
    const settings = readSettings(options);
    const { rune, pace, amounts, maxAnswerBytes } = settings;
    const transport = options.transport ?? openTransport(settings);
    const pacer = pace && rune !== undefined ? new Pacer(rune) : undefined;
    const sender = new RequestSender(settings, transport, pacer);
    const calls: CallTransport = {
      waitMs: WAIT_MS,
      send: async (call, scope) => (await sender.send(commandRequest(call), JSON_TYPE, scope)).body,
      close: () => transport.close(),
    };
    super({ transport: calls, amounts, maxAnswerBytes });
    this.#settings = settings;
    this.#sender = sender;
  }

  /** Lists the node's commands and their parameters. Requires no rune. */
  async listMethods(options?: CallOptions): Promise<Method[]> {
    const text = await this.collect(
      async (scope) => (await this.#sender.send(METHODS_REQUEST, JSON_TYPE, scope)).body,
      options,
    );
    return methodsOf(this.parse(text));
  }

  /**
   * Yields the node's notifications until you leave the loop or abort the signal. If the connection breaks, the
   * client reconnects and requests the notifications sent in between. If the server no longer has them, the
   * generator yields a {@link Missed}.
   *
   * The first connection is attempted once, so that a wrong URL fails immediately.
   *
   * @example
   * ```ts no-run
   * for await (const event of client.notifications({ topics: ['invoice_payment'] })) {
   *   if (event.type === 'notification') console.log(event.topic, event.payload);
   *   else console.warn(event.message);
   * }
   * ```
   */
  notifications<const Name extends string = Topic>(
    options: ListenOptions<Name> = {},
  ): AsyncGenerator<WithAmounts<NotificationEvent<Name>, A> | Missed, void> {
    return interruptible((leaving) => {
      const signals = [options.signal, leaving, this.closing];
      const { rune } = this.#settings;
      const parts = { sender: this.#sender, signals, rune, parse: this.parse };
      // The types of payloads are not checked.
      return subscribe(parts, options) as AsyncGenerator<
        WithAmounts<NotificationEvent<Name>, A> | Missed,
        void
      >;
    });
  }

  /** Hides the rune, which is a secret. */
  toJSON(): { url: string; rune: string | undefined } {
    const { url, rune } = this.#settings;
    return { url: url.href, rune: rune === undefined ? undefined : '(hidden)' };
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const { url, rune } = this.toJSON();
    return `ClnrestClient { url: '${url}'${rune === undefined ? '' : `, rune: ${rune}`} }`;
  }
}
