import { parseJson } from './json/parse.ts';

/**
 * Every way to fail: whether the command may have run, and what it means.
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
    means: 'The options, the method or the parameters make no request. Nothing was sent.',
  },
  rune_missing: { ran: 'no', means: 'The client has no rune, and this needs one.' },
  rune_not_authorized: {
    ran: 'no',
    means: "The rune is not one of this node's, or no rune at all.",
  },
  rune_not_permitted: {
    ran: 'no',
    means: 'The rune does not allow this call; the message says which restriction is against it.',
  },
  rune_blacklisted: { ran: 'no', means: 'The rune was taken back.' },
  too_soon: {
    ran: 'no',
    means: 'The rune allows this call only later: its `rate` or `per`. `pace` waits instead.',
  },
  unknown_command: { ran: 'no', means: 'The node has no such command.' },
  request_refused: {
    ran: 'no',
    means: 'The gateway does not take the request: malformed parameters, too large, not here.',
  },
  command_failed: {
    ran: 'yes',
    means: 'The command ran and failed, or its parameters were wrong, in the words of the node.',
  },
  node_away: { ran: 'maybe', means: 'The node, or the gateway behind a proxy, is away.' },
  busy: { ran: 'maybe', means: 'The gateway has too much to do, or is being stopped.' },
  node_silent: { ran: 'maybe', means: 'The node does not answer the gateway.' },
  connection_failed: {
    ran: 'maybe',
    means: 'No connection, or it broke before the whole answer was there. In browsers also CORS.',
  },
  certificate_not_trusted: {
    ran: 'no',
    means: 'The certificate of the server was not signed by `ca`, is over, or names another host.',
  },
  malformed_answer: {
    ran: 'maybe',
    means: 'What came is no answer of a gateway: a page of a proxy, a redirect, broken JSON.',
  },
  too_large: {
    ran: 'yes',
    means: 'The answer is longer than `maxAnswerBytes`. `items` and `stream` take any size.',
  },
  timed_out: { ran: 'maybe', means: 'The time that `timeoutMs` gives is over.' },
  cancelled: { ran: 'maybe', means: 'The signal was aborted, or the client closed.' },
} as const satisfies Record<string, { ran: 'no' | 'maybe' | 'yes'; means: string }>;

/** The stable name of a way to fail. */
export type ClnrestErrorCode = keyof typeof ERROR_KINDS;

/** What a {@link ClnrestError} may know besides its code. */
export interface ClnrestErrorDetails {
  readonly status?: number | undefined;
  readonly nodeCode?: number | undefined;
  readonly dataText?: string | undefined;
  /** Only for codes of which the table says `maybe`; true where it is not known. */
  readonly mayHaveRun?: boolean | undefined;
  readonly cause?: unknown;
}

/**
 * The one error of this client. `code` says what failed and never changes its meaning, `cause` keeps what
 * lies beneath. Neither holds the rune.
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
  /** The HTTP status, if there was an answer. */
  readonly status: number | undefined;
  /** The error's number in the answer: the node's own, e.g. 1502, or one of the gateway's. */
  readonly nodeCode: number | undefined;
  /** The error's `data` as JSON text, digit for digit. */
  readonly dataText: string | undefined;
  /**
   * Whether the node may have run the command. Where it is false, the same call may be made again without
   * a payment being made twice.
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

  /** What the node sent beside the message, parsed as results are; `undefined` if nothing. */
  get data(): unknown {
    return this.dataText === undefined ? undefined : parseJson(this.dataText);
  }
}
