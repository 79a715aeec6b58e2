import { readText } from './body.ts';
import { ClnrestError } from './errors.ts';
import type { Pacer } from './pacing/pacer.ts';
import { refusal } from './refusal.ts';
import type { Query } from './request.ts';
import type { Settings } from './settings.ts';
import type { Transport, TransportAnswer } from './transport/transport.ts';
import type { Undertaking } from './waiting/undertaking.ts';

/** An error that takes more to say is none of ours. */
const MOST_ERROR_BYTES = 1024 * 1024;

/** Sends requests and tells answers from refusals. */
export class Exchange {
  readonly #settings: Settings;
  readonly #transport: Transport;
  readonly #pacer: Pacer | undefined;

  constructor(settings: Settings, transport: Transport, pacer: Pacer | undefined) {
    this.#settings = settings;
    this.#transport = transport;
    this.#pacer = pacer;
  }

  /**
   * Resolves with an answer that is no refusal, its body still to come. Sends the request once; again only
   * where the client paces and the node has said that it did not run since it came too soon.
   */
  async open(query: Query, type: string, undertaking: Undertaking): Promise<TransportAnswer> {
    const { rune } = this.#settings;
    const { command, body } = query;
    if (command !== undefined && rune === undefined) {
      throw new ClnrestError('rune_missing', 'The client was made without a rune');
    }
    const turn =
      command === undefined ? undefined : this.#pacer?.queue({ method: command, params: body });
    for (;;) {
      await turn?.wait(undertaking.signal);
      const answer = await this.#send(query, undertaking);
      const error = await judge(answer, type, rune);
      if (error === undefined) return answer;
      if (turn === undefined || error.code !== 'too_soon') throw error;
      undertaking.sent = false;
      undertaking.obstacle = error;
      turn.refused();
    }
  }

  #send(query: Query, undertaking: Undertaking): Promise<TransportAnswer> {
    const { url, rune } = this.#settings;
    const { method, body, command } = query;
    const { signal } = undertaking;
    signal.throwIfAborted();
    undertaking.sent = true;
    const authorization = command === undefined || rune === undefined ? {} : { Rune: rune };
    return this.#transport.send({
      method,
      url: new URL(query.path, url),
      headers: { ...query.headers, ...authorization },
      body,
      signal,
    });
  }
}

/** Nothing where the answer is what was asked for. */
async function judge(
  answer: TransportAnswer,
  type: string,
  rune: string | undefined,
): Promise<ClnrestError | undefined> {
  const { status, body } = answer;
  const given = answer.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  const isResult = status === 200 || status === 201;
  if (isResult && given === type) return undefined;
  if (isResult || status < 400) {
    const what = isResult ? `with ${given ?? 'no type'} instead of ${type}` : `with ${status}`;
    throw new ClnrestError('malformed_answer', `The server answers ${what}`, { status });
  }
  try {
    return refusal(status, await readText(body, MOST_ERROR_BYTES), rune);
  } catch (cause) {
    if (!(cause instanceof ClnrestError && cause.code === 'too_large')) throw cause;
    return refusal(status, '', rune);
  }
}
