import type { NotificationParams, NotificationPayloads } from '@clnrest/commands';
import { orMalformed } from '../body.ts';
import { ClnrestError } from '../errors.ts';
import type { RequestSender } from '../request-sender.ts';
import { errorFromEvent } from '../response-error.ts';
import type { ApiRequest } from '../request.ts';
import { backoff, isTransient } from '../waiting/backoff.ts';
import { after, sleep } from '../waiting/sleep.ts';
import { CallScope } from '../waiting/call-scope.ts';
import { EventParser, type ServerEvent } from './event-parser.ts';

/** A topic whose payload is typed: those of lightningd. Plugins' topics are added by declaration merging. */
export type Topic = keyof NotificationPayloads;

/** A notification of the node. Comparing its topic narrows the type of its payload. */
export type NotificationEvent<Name extends string = Topic> = Name extends string
  ? {
      readonly type: 'notification';
      /** The topic, for example `invoice_payment`. */
      readonly topic: Name;
      /** The params without their wrapper, if they are wrapped in the topic's name. Integers beyond 2^53 are bigints. */
      readonly payload: Name extends Topic ? NotificationPayloads[Name] : unknown;
      /** The params as lightningd sent them, `{invoice_payment: {…}}`. Those of a plugin also have its name as `origin`. */
      readonly params: Name extends Topic ? NotificationParams<Name> : unknown;
      /** The params as JSON text on one line, with exact numbers. */
      readonly text: string;
      /** The value of `lastEventId` to resume after this notification. */
      readonly id: string | undefined;
    }
  : never;

/** Notifications were missed, and the server no longer has them. */
export interface Missed {
  readonly type: 'missed';
  readonly message: string;
}

/** Options of a subscription. */
export interface ListenOptions<Name extends string = string> {
  /** Topics to subscribe to. Defaults to all that the rune allows, including those of plugins. */
  readonly topics?: readonly Name[] | undefined;
  /** Aborting ends the subscription with `cancelled`. */
  readonly signal?: AbortSignal | undefined;
  /** Resumes after the notification with this id, from an earlier subscription. */
  readonly lastEventId?: string | undefined;
  /** Called each time the server accepts the subscription. Notifications from then on are received. */
  readonly onConnect?: (() => void) | undefined;
  /** Called each time the connection is lost, with the reason and the milliseconds until the next attempt. */
  readonly onDisconnect?: ((reason: ClnrestError, retryInMs: number) => void) | undefined;
  /**
   * Reconnects if the server sends nothing, not even a heartbeat, for so many milliseconds. Defaults to 45,000,
   * which is three heartbeats.
   */
  readonly silenceMs?: number | undefined;
}

/** A notification of any topic. */
type AnyNotification = NotificationEvent<string>;

/** The client's parts that a subscription uses. */
export interface SubscriptionParts {
  readonly sender: RequestSender;
  readonly signals: readonly (AbortSignal | undefined)[];
  readonly rune: string | undefined;
  readonly parse: (text: string) => unknown;
}

const EVENT_STREAM = 'text/event-stream';
const SILENCE_MS = 45_000;
/** Delay before reconnecting, until the server sets another. */
const RETRY_MS = 3_000;
/** Lower bound for the server's `retry`, which can be 0. */
const MIN_RETRY_MS = 10;
/** A connection that lasted so long resets the backoff. */
const STABLE_MS = 10_000;

const GAP = 'Notifications may have been missed while the connection was down';
/** Yields notifications and reconnects until a signal aborts or the server rejects the rune. */
export async function* subscribe(
  parts: SubscriptionParts,
  options: ListenOptions,
): AsyncGenerator<AnyNotification | Missed, void> {
  const whole = new CallScope({ signals: parts.signals, timeoutMs: undefined });
  const subscription = new Subscription(parts, options);
  let failures = 0;
  try {
    for (;;) {
      const begun = performance.now();
      try {
        yield* subscription.connectOnce(whole.signal);
      } catch (error) {
        if (whole.signal.aborted || !subscription.wasAccepted || !isTransient(error)) throw error;
        const wasStable = subscription.hasReceived || performance.now() - begun > STABLE_MS;
        failures = wasStable ? 0 : failures + 1;
        const wait = backoff(failures, subscription.retryMs);
        options.onDisconnect?.(error, wait);
        await sleep(wait, whole.signal);
      }
    }
  } catch (error) {
    throw whole.reasonOr(error);
  } finally {
    whole.end();
  }
}

/** The state that a subscription keeps between connections. */
class Subscription {
  /** The server has accepted at least one connection. */
  wasAccepted = false;
  /** The latest connection has received a notification. */
  hasReceived = false;
  retryMs = RETRY_MS;
  readonly #parts: SubscriptionParts;
  readonly #options: ListenOptions;
  #lastId: string | undefined;

  constructor(parts: SubscriptionParts, options: ListenOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#lastId = options.lastEventId;
  }

  /** Yields the notifications of one connection. Always ends with an error. */
  async *connectOnce(signal: AbortSignal): AsyncGenerator<AnyNotification | Missed, never> {
    const scope = new CallScope({ signals: [signal], timeoutMs: undefined });
    this.hasReceived = false;
    try {
      const { sender } = this.#parts;
      const opening = sender.send(this.#request(), EVENT_STREAM, scope);
      const { body } = await this.#withSilenceTimeout(opening, scope);
      // Without an id, the server cannot resume and does not report the gap.
      if (this.wasAccepted && this.#lastId === undefined) yield { type: 'missed', message: GAP };
      this.wasAccepted = true;
      this.#options.onConnect?.();
      const decoder = new TextDecoder();
      const parser = new EventParser();
      const pieces = body[Symbol.asyncIterator]();
      for (;;) {
        const piece = await this.#withSilenceTimeout(pieces.next(), scope);
        if (piece.done === true) {
          throw new ClnrestError('connection_failed', 'The server closed the event stream');
        }
        const text = decoder.decode(piece.value, { stream: true });
        const events = orMalformed(() => parser.push(text));
        this.retryMs = Math.max(MIN_RETRY_MS, parser.retryMs ?? this.retryMs);
        for (const event of events) {
          // Events that had already arrived when the signal aborted are dropped.
          scope.signal.throwIfAborted();
          yield this.#read(event);
        }
        this.#lastId = parser.lastId ?? this.#lastId;
      }
    } catch (error) {
      throw scope.reasonOr(error);
    } finally {
      scope.end();
    }
  }

  #request(): ApiRequest {
    const { topics } = this.#options;
    const chosen = topics === undefined ? '' : `?topics=${topics.map(encodeURIComponent).join()}`;
    const last = this.#lastId === undefined ? {} : { 'Last-Event-ID': this.#lastId };
    return {
      method: 'GET',
      path: `v1/notifications${chosen}`,
      headers: { Accept: EVENT_STREAM, ...last },
      body: undefined,
      // The gateway requires a rune that allows getinfo.
      command: 'getinfo',
    };
  }

  /** Converts a server-sent event. @throws {ClnrestError} for the event with which the server ends the stream */
  #read({ event, data, id }: ServerEvent): AnyNotification | Missed {
    // The server's own events have no id. A plugin's topic can have the same name.
    if (id === undefined && event === 'closed') {
      throw errorFromEvent(data, this.#parts.rune);
    }
    if (id === undefined && event === 'missed') {
      return { type: 'missed', message: messageOf(this.#parts.parse(data)) };
    }
    this.hasReceived = true;
    this.#lastId = id ?? this.#lastId;
    const text = data.replaceAll('\n', ' ');
    const params = this.#parts.parse(data);
    return {
      type: 'notification',
      topic: event,
      payload: payloadOf(event, params),
      params,
      text,
      id,
    };
  }

  /** Aborts the call if a step takes longer than the server may be silent. */
  async #withSilenceTimeout<T>(step: Promise<T>, scope: CallScope): Promise<T> {
    const { silenceMs = SILENCE_MS } = this.#options;
    const stop = after(silenceMs, () => {
      const words = `The server has sent nothing for ${silenceMs} ms`;
      scope.abort(new ClnrestError('connection_failed', words));
    });
    try {
      return await step;
    } finally {
      stop();
    }
  }
}

function messageOf(value: unknown): string {
  const isObject = typeof value === 'object' && value !== null && 'message' in value;
  return isObject ? String(value.message) : GAP;
}

function payloadOf(topic: string, params: unknown): unknown {
  const isWrapped = typeof params === 'object' && params !== null && Object.hasOwn(params, topic);
  return isWrapped ? (params as Readonly<Record<string, unknown>>)[topic] : params;
}
