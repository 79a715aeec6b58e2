import { readText } from './body.ts';
import { ClnrestError } from './errors.ts';
import { paced } from './pacing/paced.ts';
import type { Pacer } from './pacing/pacer.ts';
import { errorFromResponse } from './response-error.ts';
import type { ApiRequest } from './request.ts';
import type { Settings } from './settings.ts';
import type { Transport, TransportAnswer } from './transport/transport.ts';
import type { CallScope } from './waiting/call-scope.ts';

/** The gateway's errors are shorter: a longer error response comes from another server. */
const MAX_ERROR_BYTES = 1024 * 1024;

/** Sends requests and converts error responses to a {@link ClnrestError}. */
export class RequestSender {
  readonly #settings: Settings;
  readonly #transport: Transport;
  readonly #pacer: Pacer | undefined;

  constructor(settings: Settings, transport: Transport, pacer: Pacer | undefined) {
    this.#settings = settings;
    this.#transport = transport;
    this.#pacer = pacer;
  }

  /**
   * Resolves with a successful response whose body is still unread. Sends the request once. Retries only if the
   * client paces and the node rejected the call as too soon, that is, without running it.
   */
  async send(request: ApiRequest, type: string, scope: CallScope): Promise<TransportAnswer> {
    const { rune } = this.#settings;
    const { command, body } = request;
    if (command !== undefined && rune === undefined) {
      throw new ClnrestError('rune_missing', 'The call requires a rune: set the option `rune`');
    }
    const turn =
      command === undefined ? undefined : this.#pacer?.queue({ method: command, params: body });
    return paced(turn, scope, async () => {
      const answer = await this.#sendOnce(request, scope);
      const error = await errorIn(answer, type, rune);
      if (error !== undefined) throw error;
      return answer;
    });
  }

  #sendOnce(request: ApiRequest, scope: CallScope): Promise<TransportAnswer> {
    const { url, rune } = this.#settings;
    const { method, body, command } = request;
    const { signal } = scope;
    signal.throwIfAborted();
    scope.sent = true;
    const authorization = command === undefined || rune === undefined ? {} : { Rune: rune };
    return this.#transport.send({
      method,
      url: new URL(request.path, url),
      headers: { ...request.headers, ...authorization },
      body,
      signal,
    });
  }
}

/**
 * Returns the error that an error response carries, `undefined` for a result of the requested type.
 *
 * @throws {ClnrestError} `malformed_answer` for anything else
 */
async function errorIn(
  answer: TransportAnswer,
  type: string,
  rune: string | undefined,
): Promise<ClnrestError | undefined> {
  const { status, body } = answer;
  const given = answer.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  const isResult = status === 200 || status === 201;
  if (isResult && given === type) return undefined;
  if (isResult || status < 400) {
    const what = isResult
      ? `Content-Type ${given ?? '(none)'} instead of ${type}`
      : `HTTP status ${status}`;
    throw new ClnrestError('malformed_answer', `The server returned ${what}`, { status });
  }
  try {
    return errorFromResponse(status, await readText(body, MAX_ERROR_BYTES), rune);
  } catch (cause) {
    if (!(cause instanceof ClnrestError && cause.code === 'too_large')) throw cause;
    return errorFromResponse(status, '', rune);
  }
}
