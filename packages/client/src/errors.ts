import { parseJson } from '@clnrest/json';

/**
 * All error codes: what each means and whether the command may have run.
 *
 * @example
 * ```ts
 * import { ERROR_KINDS } from '@clnrest/client';
 *
 * ERROR_KINDS.too_soon.ran; // => 'no'
 * ERROR_KINDS.timed_out.ran; // => 'maybe'
 * ```
 */
export const ERROR_KINDS = {
  invalid_request: {
    ran: 'no',
    means: 'An option, the method or a parameter is invalid. Nothing was sent.',
  },
  rune_missing: { ran: 'no', means: 'The call requires a rune, and the client has none.' },
  rune_not_authorized: {
    ran: 'no',
    means: 'The rune is malformed or was not issued by this node.',
  },
  rune_not_permitted: {
    ran: 'no',
    means: 'The rune does not allow this call. The message names the restriction.',
  },
  rune_blacklisted: { ran: 'no', means: 'The rune was revoked.' },
  too_soon: {
    ran: 'no',
    means:
      "The rune's `rate` or `per` does not allow this call yet. With `pace`, the client waits.",
  },
  unknown_command: { ran: 'no', means: 'The node does not know the command.' },
  request_refused: {
    ran: 'no',
    means: 'The gateway rejects the request: malformed, too large or an unknown path.',
  },
  command_failed: {
    ran: 'maybe',
    means:
      "The command failed. The message is the node's. If its parameters were invalid (`nodeCode` -32602), it did not run.",
  },
  node_away: { ran: 'maybe', means: 'The node, or the gateway behind a proxy, is unreachable.' },
  busy: { ran: 'maybe', means: 'The gateway is overloaded or stopping.' },
  node_silent: { ran: 'maybe', means: 'The node does not respond to the gateway.' },
  connection_failed: {
    ran: 'maybe',
    means:
      'The connection failed or broke before the response was complete. In browsers, also CORS.',
  },
  certificate_not_trusted: {
    ran: 'no',
    means: "The server's certificate is not signed by `ca`, has expired or names another host.",
  },
  malformed_answer: {
    ran: 'maybe',
    means: "The response is not a gateway's: a proxy's page, a redirect or malformed JSON.",
  },
  too_large: {
    ran: 'yes',
    means: 'The response exceeds `maxAnswerBytes`. `items` and `stream` have no limit.',
  },
  timed_out: { ran: 'maybe', means: 'The call took longer than `timeoutMs`.' },
  cancelled: { ran: 'maybe', means: 'The signal was aborted or the client was closed.' },
} as const satisfies Record<string, { ran: 'no' | 'maybe' | 'yes'; means: string }>;

/** An error code. Codes are stable and never change their meaning. */
export type ClnrestErrorCode = keyof typeof ERROR_KINDS;

/** Optional details of a {@link ClnrestError}. */
export interface ClnrestErrorDetails {
  readonly status?: number | undefined;
  readonly nodeCode?: number | undefined;
  readonly dataText?: string | undefined;
  /** Used only for codes whose `ran` is `maybe`. Defaults to true. */
  readonly mayHaveRun?: boolean | undefined;
  readonly cause?: unknown;
}

/**
 * The only error that this client throws. `code` identifies the failure and `cause` is the underlying error.
 * Neither contains the rune.
 *
 * @example
 * ```ts
 * import { ClnrestClient, ClnrestError } from '@clnrest/client';
 *
 * const client = new ClnrestClient({ url: 'http://127.0.0.1:1', rune: 'abc' });
 * const error = await client.call('getinfo').catch((error: unknown) => error);
 * error instanceof ClnrestError && error.code // => 'connection_failed'
 * error instanceof ClnrestError && error.mayHaveRun // => false
 * ```
 */
export class ClnrestError extends Error {
  override readonly name = 'ClnrestError';
  readonly code: ClnrestErrorCode;
  /** The HTTP status, if the server responded. */
  readonly status: number | undefined;
  /** The numeric error code in the response: the node's, for example 1502, or the gateway's. */
  readonly nodeCode: number | undefined;
  /** The error's `data` as JSON text, digit for digit. */
  readonly dataText: string | undefined;
  /**
   * Whether the node may have run the command. If false, a retry cannot pay twice.
   */
  readonly mayHaveRun: boolean;

  constructor(code: ClnrestErrorCode, message: string, details: ClnrestErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.status = details.status;
    this.nodeCode = details.nodeCode;
    this.dataText = details.dataText;
    const { ran } = ERROR_KINDS[code];
    this.mayHaveRun = ran === 'maybe' ? (details.mayHaveRun ?? true) : ran === 'yes';
  }

  /** The error's `data`, parsed like results; `undefined` if absent. */
  get data(): unknown {
    return this.dataText === undefined ? undefined : parseJson(this.dataText);
  }
}
