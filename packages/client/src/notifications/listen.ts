import { parseAnswer, reading } from '../body.ts';
import { ClnrestError } from '../errors.ts';
import type { Exchange } from '../exchange.ts';
import { refusalInStream } from '../refusal.ts';
import type { Query } from '../request.ts';
import { after, sleep } from '../waiting/sleep.ts';
import { Undertaking } from '../waiting/undertaking.ts';
import { EventParser, type ServerEvent } from './event-parser.ts';

/** Something that the node has told. */
export interface Notification {
  readonly type: 'notification';
  /** What it is about, e.g. `invoice_payment`. */
  readonly topic: string;
  /** As the node made it, `{invoice_payment: {…}}`; integers beyond 2^53 are bigints. */
  readonly payload: unknown;
  /** The same as JSON text on one line, digit for digit. */
  readonly text: string;
  /** What `lastEventId` takes, to go on behind this one later. */
  readonly id: string | undefined;
}

/** Notifications were told that you did not get, and will not. */
export interface Missed {
  readonly type: 'missed';
  readonly message: string;
}

/** What to hear, and for how long. */
export interface ListenOptions {
  /** Only these; all that the rune may hear by default. */
  readonly topics?: readonly string[] | undefined;
  /** Aborting ends the listening with `cancelled`. */
  readonly signal?: AbortSignal | undefined;
  /** Go on behind this notification, which an earlier listening has had last. */
  readonly lastEventId?: string | undefined;
  /** Is told each time that the server lets us listen: what happens from then on is heard. */
  readonly onConnect?: (() => void) | undefined;
  /** Is told why each time that the connection is lost, and in how many milliseconds it will be made again. */
  readonly onDisconnect?: ((reason: ClnrestError, retryInMs: number) => void) | undefined;
  /**
   * How long the server may say nothing at all, its heartbeat included, before the connection is taken
   * for dead, in milliseconds: 45,000 by default, three heartbeats.
   */
  readonly silenceMs?: number | undefined;
}

/** What listening is done with. */
export interface ListenTools {
  readonly exchange: Exchange;
  readonly signals: readonly (AbortSignal | undefined)[];
  readonly rune: string | undefined;
}

const EVENT_STREAM = 'text/event-stream';
const SILENCE_MS = 45_000;
/** How long to wait before coming back, where the server does not say, and at most. */
const RETRY_MS = 3_000;
const LONGEST_RETRY_MS = 60_000;
/** A server that says 0 is not to be asked without a pause. */
const SHORTEST_RETRY_MS = 10;
/** A connection that has held so long was a good one. */
const PROVEN_MS = 10_000;

const GAP = 'What the node told while there was no connection is not known';
/** Failures that pass: all others would come again. */
const PASSING = new Set<unknown>([
  'connection_failed',
  'node_away',
  'busy',
  'node_silent',
  'too_soon',
]);

/** Listens, again and again, until a signal aborts or the rune may hear no more. */
export async function* listen(
  tools: ListenTools,
  options: ListenOptions,
): AsyncGenerator<Notification | Missed, void> {
  const whole = new Undertaking({ signals: tools.signals, timeoutMs: undefined });
  const listening = new Listening(tools, options);
  let failures = 0;
  try {
    for (;;) {
      const begun = performance.now();
      try {
        yield* listening.once(whole.signal);
      } catch (error) {
        if (whole.signal.aborted || !listening.hasBegun || !isPassing(error)) throw error;
        const proven = listening.hasHeard || performance.now() - begun > PROVEN_MS;
        failures = proven ? 0 : failures + 1;
        const wait = Math.min(listening.retryMs * 2 ** Math.min(failures, 10), LONGEST_RETRY_MS);
        options.onDisconnect?.(error, wait);
        await sleep(wait, whole.signal);
      }
    }
  } catch (error) {
    throw whole.failure(error);
  } finally {
    whole.end();
  }
}

function isPassing(error: unknown): error is ClnrestError {
  return error instanceof ClnrestError && PASSING.has(error.code);
}

/** What is remembered from one connection to the next. */
class Listening {
  /** The server has let us listen at least once. */
  hasBegun = false;
  /** The newest connection has brought a notification. */
  hasHeard = false;
  retryMs = RETRY_MS;
  readonly #tools: ListenTools;
  readonly #options: ListenOptions;
  #lastId: string | undefined;

  constructor(tools: ListenTools, options: ListenOptions) {
    this.#tools = tools;
    this.#options = options;
    this.#lastId = options.lastEventId;
  }

  /** One connection, from its beginning to its end, which is always an error. */
  async *once(signal: AbortSignal): AsyncGenerator<Notification | Missed, never> {
    const undertaking = new Undertaking({ signals: [signal], timeoutMs: undefined });
    this.hasHeard = false;
    try {
      const { exchange } = this.#tools;
      const opening = exchange.open(this.#query(), EVENT_STREAM, undertaking);
      const { body } = await this.#unlessSilent(opening, undertaking);
      // Without an id the server can't know that we have missed anything.
      if (this.hasBegun && this.#lastId === undefined) yield { type: 'missed', message: GAP };
      this.hasBegun = true;
      this.#options.onConnect?.();
      const decoder = new TextDecoder();
      const parser = new EventParser();
      const pieces = body[Symbol.asyncIterator]();
      for (;;) {
        const piece = await this.#unlessSilent(pieces.next(), undertaking);
        if (piece.done === true) {
          throw new ClnrestError('connection_failed', 'The server has ended the notifications');
        }
        const text = decoder.decode(piece.value, { stream: true });
        const events = reading(() => parser.push(text));
        this.retryMs = Math.max(SHORTEST_RETRY_MS, parser.retryMs ?? this.retryMs);
        for (const event of events) {
          // More may have arrived than was taken when the signal aborted.
          undertaking.signal.throwIfAborted();
          yield this.#told(event);
        }
        this.#lastId = parser.lastId ?? this.#lastId;
      }
    } catch (error) {
      throw undertaking.failure(error);
    } finally {
      undertaking.end();
    }
  }

  #query(): Query {
    const { topics } = this.#options;
    const chosen = topics === undefined ? '' : `?topics=${topics.map(encodeURIComponent).join()}`;
    const last = this.#lastId === undefined ? {} : { 'Last-Event-ID': this.#lastId };
    return {
      method: 'GET',
      path: `v1/notifications${chosen}`,
      headers: { Accept: EVENT_STREAM, ...last },
      body: undefined,
      // What a rune must allow that wants to hear.
      command: 'getinfo',
    };
  }

  /** What an event is to the one who listens. @throws {ClnrestError} where it ends the stream */
  #told({ event, data, id }: ServerEvent): Notification | Missed {
    // Those of the server itself have no id; a plugin may have a topic of the same name.
    if (id === undefined && event === 'closed') {
      throw refusalInStream(data, this.#tools.rune);
    }
    if (id === undefined && event === 'missed') {
      return { type: 'missed', message: messageOf(parseAnswer(data)) };
    }
    this.hasHeard = true;
    this.#lastId = id ?? this.#lastId;
    const text = data.replaceAll('\n', ' ');
    return { type: 'notification', topic: event, payload: parseAnswer(data), text, id };
  }

  async #unlessSilent<T>(step: Promise<T>, undertaking: Undertaking): Promise<T> {
    const { silenceMs = SILENCE_MS } = this.#options;
    const stop = after(silenceMs, () => {
      const words = `The server has said nothing for ${silenceMs} ms`;
      undertaking.abandon(new ClnrestError('connection_failed', words));
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
