import { ANSWER_DEPTH, ANSWER_NAME } from './answers/limits.ts';
import { LIMITS } from './limits.ts';
import {
  MAX_DEPTH,
  MAX_MARKUP_BYTES,
  MAX_NUMBER_LENGTH,
  MAX_PARAMETERS,
  MAX_PARAMETERS_LENGTH,
  MAX_VALUES,
} from './parameters/limits.ts';

/** How loudly the log is told. lightningd shows `info` and above by default. */
type Level = 'debug' | 'info' | 'unusual' | 'broken';

/** One way in which a request fails: what the caller is told, and when. */
export interface ErrorKind {
  /** The HTTP status. */
  readonly status: number;
  /** The integer in the envelope; `node` where the node's own code is passed on. */
  readonly code: number | 'node';
  /** The words in the envelope, sometimes followed by `: ` and a detail; `node` for the node's own. */
  readonly message: string;
  /** When it happens: the text of the reference page. */
  readonly when: string;
  readonly log: Level;
}

const NOT_AUTHORISED = 1501;
const INVALID_REQUEST = -32600;
const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;
const INTERNAL_ERROR = -32603;
const PARSE_ERROR = -32700;
/** JSON-RPC 2.0 leaves -32000 to -32099 to servers; lightningd uses none of them. */
const NODE_AWAY = -32000;
const NODE_BUSY = -32001;
const NODE_SILENT = -32002;

function count(number: number): string {
  return number.toLocaleString('en-US');
}

function seconds(ms: number): string {
  return count(ms / 1_000);
}

function kib(bytes: number): string {
  return count(bytes / 1_024);
}

/**
 * Everything that can go wrong with a request. `docs/reference/errors.md` shows this table, and a test
 * holds it to that.
 */
export const errorKinds = {
  missing_rune: {
    status: 403,
    code: NOT_AUTHORISED,
    message: 'Not authorized: Missing rune',
    when: 'There is no `Rune` header, or it is empty.',
    log: 'info',
  },
  repeated_rune: {
    status: 401,
    code: NOT_AUTHORISED,
    message: 'Not authorized: More than one rune',
    when: 'There are several `Rune` headers, or one that holds several runes.',
    log: 'info',
  },
  rune_refused: {
    status: 401,
    code: 'node',
    message: 'node',
    when: '`checkrune` refused, or would refuse whatever is called: 1501 (not ours), 1502 (not permitted), 1503 (blacklisted), -32602 (not a rune). Or the gateway’s own check did: 1502.',
    log: 'info',
  },
  path_not_found: {
    status: 404,
    code: METHOD_NOT_FOUND,
    message: 'Path not found',
    when: 'Nothing is served at this path.',
    log: 'debug',
  },
  version_missing: {
    status: 404,
    code: METHOD_NOT_FOUND,
    message: 'Path invalid, version missing for CLN methods',
    when: 'The path has `v1/` in it, but does not begin with `/v1/`.',
    log: 'debug',
  },
  impossible_method: {
    status: 404,
    code: METHOD_NOT_FOUND,
    message: 'Unknown command: names have letters, digits, -, _ and . only',
    when: 'No command can have the name in the path. The node is not asked.',
    log: 'debug',
  },
  command_unknown: {
    status: 404,
    code: 'node',
    message: 'node',
    when: 'The node has no such command (-32601).',
    log: 'debug',
  },
  not_post: {
    status: 405,
    code: METHOD_NOT_FOUND,
    message: 'Path invalid, http_method must be POST for CLN methods',
    when: 'A command is called by another HTTP method than POST.',
    log: 'debug',
  },
  not_get: {
    status: 405,
    code: METHOD_NOT_FOUND,
    message: 'Path invalid, http_method must be GET',
    when: 'A page is asked for by another HTTP method than GET or HEAD.',
    log: 'debug',
  },
  not_registered: {
    status: 405,
    code: METHOD_NOT_FOUND,
    message: 'Dynamic path',
    when: 'A registered path is asked for by an HTTP method that it was not registered for. A detail names both.',
    log: 'debug',
  },
  not_proxy: {
    status: 405,
    code: METHOD_NOT_FOUND,
    message: 'This is not a proxy: CONNECT leads nowhere',
    when: 'The HTTP method is CONNECT.',
    log: 'debug',
  },
  content_type: {
    status: 406,
    code: INVALID_REQUEST,
    message: 'Unsupported content-type header',
    when: 'The body is neither JSON nor YAML, XML or a form, or not in UTF-8.',
    log: 'debug',
  },
  accept: {
    status: 406,
    code: INVALID_REQUEST,
    message: 'Unsupported accept header',
    when: '`Accept` allows nothing that we can answer with.',
    log: 'debug',
  },
  content_encoding: {
    status: 415,
    code: INVALID_REQUEST,
    message: 'Unsupported content-encoding header: send the body uncompressed',
    when: 'The body is compressed.',
    log: 'debug',
  },
  bad_json: {
    status: 400,
    code: PARSE_ERROR,
    message: 'Body is not valid JSON',
    when: 'The body is not strict JSON in UTF-8.',
    log: 'debug',
  },
  bad_form: {
    status: 400,
    code: PARSE_ERROR,
    message: 'Body is not a valid form',
    when: 'The form has a broken escape, brackets that do not match, or gaps in its indexes.',
    log: 'debug',
  },
  bad_query: {
    status: 400,
    code: PARSE_ERROR,
    message: 'Query is not valid',
    when: 'The query of a GET for a registered path has a broken escape, brackets that do not match, or gaps in its indexes.',
    log: 'debug',
  },
  bad_yaml: {
    status: 400,
    code: PARSE_ERROR,
    message: 'Body is not valid YAML',
    when: 'The body is no YAML in UTF-8, or has something that we do not read: several documents, tags, aliases, merge keys, keys that are no text, numbers that JSON has not.',
    log: 'debug',
  },
  bad_xml: {
    status: 400,
    code: PARSE_ERROR,
    message: 'Body is not valid XML',
    when: 'The body is no XML in UTF-8, its root is not named after the command, or it has something that we do not read: a document type, namespaces, other attributes than `type` and `escaped`, text beside elements.',
    log: 'debug',
  },
  not_parameters: {
    status: 400,
    code: INVALID_PARAMS,
    message: 'Parameters must be a JSON object or array',
    when: 'The body is a single string, number, `true`, `false` or `null`, in whatever form.',
    log: 'debug',
  },
  ambiguous_parameters: {
    status: 400,
    code: INVALID_PARAMS,
    message: 'Ambiguous parameters',
    when: 'A key is there twice, or two names differ in punctuation only, so that a rune could be judged on one and the command run with the other.',
    log: 'debug',
  },
  duplicate_key: {
    status: 406,
    code: INVALID_PARAMS,
    message: 'Duplicate key',
    when: 'Of the path, the query and the body of a request for a registered path, two give the same parameter, or two whose names differ in punctuation only. A detail names it.',
    log: 'debug',
  },
  positional_parameters: {
    status: 400,
    code: INVALID_PARAMS,
    message: 'Parameters must be a JSON object where others are in the path or in the query',
    when: 'The body of a request for a registered path is a JSON array, and its path or its query gives parameters by name.',
    log: 'debug',
  },
  impossible_parameter: {
    status: 400,
    code: INVALID_PARAMS,
    message: 'No parameter has such a name',
    when: "A parameter's name has a quote, a backslash or a control character in it.",
    log: 'debug',
  },
  too_complex: {
    status: 400,
    code: INVALID_PARAMS,
    message: 'Parameters are too deep or too many',
    when: `More than ${MAX_DEPTH} levels, ${count(MAX_PARAMETERS)} parameters, ${count(MAX_VALUES)} values or ${count(MAX_NUMBER_LENGTH)} digits in one number; or parsing took more than ${seconds(LIMITS.parseMs)} seconds.`,
    log: 'debug',
  },
  bad_request: {
    status: 400,
    code: INVALID_REQUEST,
    message: 'Malformed HTTP request',
    when: 'What arrived is not HTTP/1.0 or HTTP/1.1, or could be read in two ways. Mostly a detail says which.',
    log: 'debug',
  },
  plain_http: {
    status: 400,
    code: INVALID_REQUEST,
    message: 'This port speaks HTTPS: use a URL that begins with https://',
    when: 'A request without TLS came to a port with TLS. It is answered without TLS.',
    log: 'debug',
  },
  expectation: {
    status: 417,
    code: INVALID_REQUEST,
    message: 'Unsupported expect header: only 100-continue is known',
    when: '`Expect` asks for something else than `100-continue`.',
    log: 'debug',
  },
  slow_sender: {
    status: 408,
    code: INVALID_REQUEST,
    message: 'Request took too long to arrive',
    when: `The headers took more than ${seconds(LIMITS.headersMs)} seconds, or the whole request more than ${seconds(LIMITS.requestMs)}.`,
    log: 'debug',
  },
  body_too_large: {
    status: 413,
    code: INVALID_REQUEST,
    message: 'Body is too large',
    when: `The body has more than ${kib(LIMITS.bodyBytes)} KiB, more than ${kib(MAX_MARKUP_BYTES)} KiB in YAML or XML, more than ${kib(LIMITS.subscriberMessageBytes)} KiB for Socket.IO, or more than ${count(MAX_PARAMETERS_LENGTH)} characters as canonical JSON.`,
    log: 'debug',
  },
  url_too_long: {
    status: 414,
    code: INVALID_REQUEST,
    message: 'URL is too long',
    when: `The URL has more than ${count(LIMITS.urlLength)} characters.`,
    log: 'debug',
  },
  headers_too_large: {
    status: 431,
    code: INVALID_REQUEST,
    message: 'Headers are too large or too many',
    when: `The headers have more than ${kib(LIMITS.headerBytes)} KiB, or there are more than ${LIMITS.headers}.`,
    log: 'debug',
  },
  command_failed: {
    status: 500,
    code: 'node',
    message: 'node',
    when: 'The command ran and failed, or its parameters were wrong.',
    log: 'debug',
  },
  unwritable: {
    status: 500,
    code: INTERNAL_ERROR,
    message: 'The command ran, but its answer can be had in JSON only',
    when: `YAML, XML or a form was asked for, and the answer has more than ${ANSWER_DEPTH} levels, or keys of more than ${count(ANSWER_NAME)} characters (in a form those of all levels together).`,
    log: 'unusual',
  },
  internal: {
    status: 500,
    code: INTERNAL_ERROR,
    message: 'Internal error',
    when: "The gateway failed. The node's log has more.",
    log: 'broken',
  },
  node_away: {
    status: 502,
    code: NODE_AWAY,
    message: 'The node cannot be reached',
    when: "The node's socket is missing or nobody listens there. Nothing has run.",
    log: 'unusual',
  },
  node_broke_off: {
    status: 502,
    code: NODE_AWAY,
    message: 'The node broke off, and whether the command ran is unknown',
    when: 'The connection to the node ended before the answer, or the answer made no sense.',
    log: 'unusual',
  },
  judge_missing: {
    status: 502,
    code: NODE_AWAY,
    message: 'The node cannot check runes',
    when: 'The node has no `checkrune` command, as before v23.08.',
    log: 'unusual',
  },
  busy: {
    status: 503,
    code: NODE_BUSY,
    message: 'Too many requests at once',
    when: 'As many commands, bodies or bytes of bodies as the gateway allows are under way already: of this rune, from this address, or of all. Nothing has run.',
    log: 'unusual',
  },
  bad_topics: {
    status: 400,
    code: INVALID_PARAMS,
    message: 'Topics are names with letters, digits, -, _ and . only, separated by commas',
    when: 'A listener chose topics, and they can not be read as such.',
    log: 'debug',
  },
  engine_protocol: {
    status: 400,
    code: INVALID_REQUEST,
    message: 'Unsupported protocol version: use a client of Socket.IO 3 or 4, which sends EIO=4',
    when: 'A request for Socket.IO has no `EIO=4` in its query. Clients of Socket.IO 2 send `EIO=3`.',
    log: 'info',
  },
  engine_transport: {
    status: 400,
    code: INVALID_REQUEST,
    message: 'Unsupported transport: use polling, or websocket with an upgrade',
    when: 'A request for Socket.IO has another `transport` in its query than `polling`, or `websocket` where it offers that upgrade.',
    log: 'debug',
  },
  engine_session: {
    status: 400,
    code: INVALID_REQUEST,
    message: 'No open session has this ID',
    when: 'The `sid` of a request for Socket.IO is not the id of an open session. The client must begin another one.',
    log: 'debug',
  },
  engine_request: {
    status: 400,
    code: INVALID_REQUEST,
    message: 'Bad request for Socket.IO',
    when: 'A request for Socket.IO does not follow the protocol of Engine.IO or of websockets. A detail says how.',
    log: 'debug',
  },
  origin_refused: {
    status: 403,
    code: INVALID_REQUEST,
    message: 'Origin is not allowed',
    when: 'A page asks for Socket.IO, and its origin is not one of `rest-cors-origins`.',
    log: 'info',
  },
  slow_subscriber: {
    status: 503,
    code: NODE_BUSY,
    message: 'The listener does not read what it gets',
    when: 'More than a listener may leave unread waits for it: it is cut off, and the others go on.',
    log: 'info',
  },
  stopping: {
    status: 503,
    code: NODE_BUSY,
    message: 'The gateway is stopping',
    when: 'The node, or the plugin, is being stopped.',
    log: 'debug',
  },
  node_silent: {
    status: 504,
    code: NODE_SILENT,
    message: 'The node does not answer',
    when: `The node took more than ${seconds(LIMITS.nodeMs)} seconds to judge a rune or to list its commands. Commands themselves may take as long as they like.`,
    log: 'unusual',
  },
} as const satisfies Record<string, ErrorKind>;

/** The stable name of a way to fail. */
export type ErrorName = keyof typeof errorKinds;

/** The names whose code and words are the node's own. */
export type NodeErrorName = {
  [N in ErrorName]: (typeof errorKinds)[N]['code'] extends 'node' ? N : never;
}[ErrorName];

/** The names whose code and words stand in the table. */
export type OwnErrorName = Exclude<ErrorName, NodeErrorName>;

/** What a {@link Refusal} may carry besides its kind. */
export interface RefusalDetails {
  /** Goes behind the kind's words. Must hold nothing that the caller may not see. */
  readonly detail?: string;
  /** More headers for the answer, e.g. `Allow`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/**
 * A request that is not answered with what it asked for: the one error type of the gateway. What it
 * holds is for the caller's eyes; the log gets `name`, `status` and `code` only.
 */
export class Refusal extends Error {
  readonly kind: ErrorName;
  readonly status: number;
  readonly code: number;
  /** The error's `data` as JSON text, digit for digit, if the node sent any. */
  readonly dataText: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** What was added to the kind's words. */
  readonly detail: string | undefined;

  private constructor(
    kind: ErrorName,
    code: number,
    message: string,
    dataText: string | undefined,
    details: RefusalDetails,
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.status = errorKinds[kind].status;
    this.code = code;
    this.dataText = dataText;
    this.headers = details.headers ?? {};
    this.detail = details.detail;
  }

  /** A refusal of our own, with the code and the words of the table. */
  static of(kind: OwnErrorName, details: RefusalDetails = {}): Refusal {
    const { code, message } = errorKinds[kind];
    const { detail } = details;
    return new Refusal(
      kind,
      code,
      detail === undefined ? message : `${message}: ${detail}`,
      undefined,
      details,
    );
  }

  /** A refusal by the node, in its own words. */
  static ofNode(
    kind: NodeErrorName,
    error: {
      readonly code: number;
      readonly message: string;
      readonly dataText?: string | undefined;
    },
    details: RefusalDetails = {},
  ): Refusal {
    return new Refusal(kind, error.code, error.message, error.dataText, details);
  }
}
