import { MAX_RESULT_DEPTH, MAX_RESULT_KEY_LENGTH } from './answers/limits.ts';
import { LIMITS } from './limits.ts';
import {
  MAX_DEPTH,
  MAX_MARKUP_BYTES,
  MAX_NUMBER_LENGTH,
  MAX_PARAMETERS,
  MAX_PARAMETERS_LENGTH,
  MAX_VALUES,
} from './parameters/limits.ts';

/** The level of the log line. lightningd shows `info` and above by default. */
type Level = 'debug' | 'info' | 'unusual' | 'broken';

/** One kind of error: the response to the client, its cause, and its log level. */
export interface ErrorKind {
  /** The HTTP status. */
  readonly status: number;
  /** The integer in the envelope. `node` means the code that the node returned. */
  readonly code: number | 'node';
  /** The message in the envelope, to which `: ` and a detail can be added. `node` means the node's message. */
  readonly message: string;
  /** The cause: the text of the reference page. */
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

/** Separates thousands. `toLocaleString` does the same, but Node takes 15 ms to load the rules of languages. */
function count(number: number): string {
  return String(number).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

function seconds(ms: number): string {
  return count(ms / 1_000);
}

function kib(bytes: number): string {
  return count(bytes / 1_024);
}

/** The error catalogue. A test compares `docs/reference/errors.md` with it. */
export const errorKinds = {
  missing_rune: {
    status: 403,
    code: NOT_AUTHORISED,
    message: 'Not authorized: Missing rune',
    when: 'The request has no `Rune` header, or the header is empty. If the rune is in `Authorization`, in `macaroon` or in the URL, a detail names the header to use.',
    log: 'info',
  },
  repeated_rune: {
    status: 401,
    code: NOT_AUTHORISED,
    message: 'Not authorized: More than one rune',
    when: 'The request has several `Rune` headers, or one with several runes.',
    log: 'info',
  },
  rune_refused: {
    status: 401,
    code: 'node',
    message: 'node',
    when: "The node's `checkrune` refuses the call, or would refuse every call: 1501 (not derived from the node's secret), 1502 (not permitted), 1503 (blacklisted) or -32602 (not a rune). Or the gateway's own check refuses the call: 1502.",
    log: 'info',
  },
  path_not_found: {
    status: 404,
    code: METHOD_NOT_FOUND,
    message: 'Path not found',
    when: 'The server has nothing at this path. If the path exists without the slash at its end, a detail says so.',
    log: 'debug',
  },
  version_missing: {
    status: 404,
    code: METHOD_NOT_FOUND,
    message: 'Path invalid, version missing for CLN methods',
    when: 'The path contains `v1/` but does not begin with `/v1/`.',
    log: 'debug',
  },
  impossible_method: {
    status: 404,
    code: METHOD_NOT_FOUND,
    message: 'Unknown command: names have letters, digits, -, _ and . only',
    when: 'The command name in the path has other characters. The gateway does not ask the node.',
    log: 'debug',
  },
  command_unknown: {
    status: 404,
    code: 'node',
    message: 'node',
    when: 'The node does not have this command (-32601).',
    log: 'debug',
  },
  not_post: {
    status: 405,
    code: METHOD_NOT_FOUND,
    message: 'Path invalid, http_method must be POST for CLN methods',
    when: 'The HTTP method for a command is not POST. A detail names a rune in the URL, or a slash at the end of the path.',
    log: 'debug',
  },
  not_get: {
    status: 405,
    code: METHOD_NOT_FOUND,
    message: 'Path invalid, http_method must be GET',
    when: 'The HTTP method for a page is neither GET nor HEAD.',
    log: 'debug',
  },
  not_get_or_post: {
    status: 405,
    code: METHOD_NOT_FOUND,
    message: 'Path invalid, http_method must be GET or POST',
    when: 'The HTTP method for Socket.IO is not GET, HEAD or POST.',
    log: 'debug',
  },
  not_registered: {
    status: 405,
    code: METHOD_NOT_FOUND,
    message: 'Dynamic path',
    when: 'The path is registered, but not for this HTTP method. A detail names both.',
    log: 'debug',
  },
  not_proxy: {
    status: 405,
    code: METHOD_NOT_FOUND,
    message: 'CONNECT is not supported: this server is not a proxy',
    when: 'The HTTP method is CONNECT.',
    log: 'debug',
  },
  content_type: {
    status: 406,
    code: INVALID_REQUEST,
    message: 'Unsupported content-type header',
    when: '`Content-Type` is malformed, or names a format other than JSON, YAML, XML or a form, or a charset other than UTF-8.',
    log: 'debug',
  },
  accept: {
    status: 406,
    code: INVALID_REQUEST,
    message: 'Unsupported accept header',
    when: '`Accept` allows no supported format.',
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
    when: 'The form has an invalid escape, brackets that do not match, or gaps in its indexes.',
    log: 'debug',
  },
  bad_query: {
    status: 400,
    code: PARSE_ERROR,
    message: 'Query is not valid',
    when: 'The query of a GET request for a registered path has an invalid escape, brackets that do not match, or gaps in its indexes.',
    log: 'debug',
  },
  bad_yaml: {
    status: 400,
    code: PARSE_ERROR,
    message: 'Body is not valid YAML',
    when: 'The body is not YAML in UTF-8, or uses something unsupported: several documents, tags, aliases, merge keys, keys that are not strings, or numbers that JSON cannot represent.',
    log: 'debug',
  },
  bad_xml: {
    status: 400,
    code: PARSE_ERROR,
    message: 'Body is not valid XML',
    when: 'The body is not XML in UTF-8, its root element does not have the name of the command, or it uses something unsupported: a document type, namespaces, attributes other than `type` and `escaped`, or text beside elements.',
    log: 'debug',
  },
  not_parameters: {
    status: 400,
    code: INVALID_PARAMS,
    message: 'Parameters must be a JSON object or array',
    when: 'The body is a single string, number, `true`, `false` or `null`, in any format.',
    log: 'debug',
  },
  ambiguous_parameters: {
    status: 400,
    code: INVALID_PARAMS,
    message: 'Ambiguous parameters',
    when: 'A key is repeated, or two names differ in punctuation only. The node could check the rune against one of the values and run the command with the other.',
    log: 'debug',
  },
  ignored_parameter: {
    status: 400,
    code: INVALID_PARAMS,
    message: 'The rune restricts parameters, and pay would ignore one of these',
    when: 'A call of `pay` with a rune that restricts parameters has a name that differs from a parameter in punctuation only, such as `amountmsat`, or both `bolt11` and `invstring`. lightningd could check the rune against that value, and ignore the value. A detail names the parameter to use.',
    log: 'info',
  },
  fatal_call: {
    status: 400,
    code: INVALID_PARAMS,
    message: 'lightningd could stop on these parameters',
    when: 'A fault of lightningd could stop the node. A detail names the parameter.',
    log: 'info',
  },
  duplicate_key: {
    status: 406,
    code: INVALID_PARAMS,
    message: 'Duplicate key',
    when: 'Two of the path, the query and the body of a request for a registered path have the same parameter, or names that differ in punctuation only. A detail names the parameter.',
    log: 'debug',
  },
  positional_parameters: {
    status: 400,
    code: INVALID_PARAMS,
    message: 'Parameters must be a JSON object if the path or the query has parameters',
    when: 'The body of a request for a registered path is an array, and the path or the query has parameters by name.',
    log: 'debug',
  },
  impossible_parameter: {
    status: 400,
    code: INVALID_PARAMS,
    message: 'Invalid parameter name',
    when: "A parameter's name contains a quote, a backslash or a control character.",
    log: 'debug',
  },
  too_complex: {
    status: 400,
    code: INVALID_PARAMS,
    message: 'Parameters are too deep or too many',
    when: `More than ${MAX_DEPTH} levels, ${count(MAX_PARAMETERS)} parameters, ${count(MAX_VALUES)} values or ${count(MAX_NUMBER_LENGTH)} digits in one number. Or parsing took more than ${seconds(LIMITS.parseMs)} seconds.`,
    log: 'debug',
  },
  bad_request: {
    status: 400,
    code: INVALID_REQUEST,
    message: 'Malformed HTTP request',
    when: 'The input is not HTTP/1.0 or HTTP/1.1, or is ambiguous. A detail usually gives the reason.',
    log: 'debug',
  },
  plain_http: {
    status: 400,
    code: INVALID_REQUEST,
    message: 'This port speaks HTTPS: use a URL that begins with https://',
    when: 'The client sent a request without TLS to a port with TLS. The response is sent without TLS.',
    log: 'debug',
  },
  expectation: {
    status: 417,
    code: INVALID_REQUEST,
    message: 'Unsupported expect header: only 100-continue is supported',
    when: '`Expect` has another value than `100-continue`.',
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
    when: 'The command failed, or its parameters are wrong.',
    log: 'debug',
  },
  no_notifications: {
    status: 501,
    code: METHOD_NOT_FOUND,
    message:
      'This gateway has no notifications: it runs as a separate process, to which the node sends none. Set its option redis',
    when: 'A client subscribes at a gateway that runs [as a separate process](gateway.md) without [Redis](redis.md). The node sends notifications only to its plugins.',
    log: 'info',
  },
  unwritable: {
    status: 500,
    code: INTERNAL_ERROR,
    message: 'The command ran, but its result is available as JSON only',
    when: `The client asked for YAML, XML or a form, and the result has more than ${MAX_RESULT_DEPTH} levels, or keys of more than ${count(MAX_RESULT_KEY_LENGTH)} characters (in a form, those of all levels together).`,
    log: 'unusual',
  },
  internal: {
    status: 500,
    code: INTERNAL_ERROR,
    message: 'Internal error',
    when: "The gateway failed. The node's log has the details.",
    log: 'broken',
  },
  node_away: {
    status: 502,
    code: NODE_AWAY,
    message: 'The node cannot be reached',
    when: "The node's socket is missing, or the node does not listen on it. Nothing has run.",
    log: 'unusual',
  },
  node_broke_off: {
    status: 502,
    code: NODE_AWAY,
    message: 'The connection to the node broke: whether the command ran is unknown',
    when: 'The connection to the node ended before the response, or the response was malformed.',
    log: 'unusual',
  },
  checkrune_missing: {
    status: 502,
    code: NODE_AWAY,
    message: 'The node cannot check runes',
    when: 'The node does not have the command `checkrune`, which v23.08 introduced.',
    log: 'unusual',
  },
  busy: {
    status: 503,
    code: NODE_BUSY,
    message: 'Too many requests at once',
    when: 'The commands, large bodies, bytes of bodies, pipelined requests or subscribers in use have reached a limit: that of the rune, of the address, or the total. Nothing has run.',
    log: 'unusual',
  },
  bad_topics: {
    status: 400,
    code: INVALID_PARAMS,
    message: 'Topics are names with letters, digits, -, _ and . only, separated by commas',
    when: 'A subscriber chose invalid topics.',
    log: 'debug',
  },
  bad_filter: {
    status: 400,
    code: INVALID_PARAMS,
    message:
      'Filter must be a JSON object whose members are true, objects, or arrays of one object',
    when: 'The header `Filter` is malformed. The node is not asked, because older nodes crash.',
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
    message:
      'Unsupported transport: use polling, or offer an upgrade to websocket as the first request of a connection',
    when: 'The `transport` of a request for Socket.IO is neither `polling` nor, with an upgrade, `websocket`. An upgrade must be the first pending request of its connection.',
    log: 'debug',
  },
  engine_session: {
    status: 400,
    code: INVALID_REQUEST,
    message: 'No open session has this ID',
    when: 'The `sid` of a request for Socket.IO does not identify an open session. The client must open a new one.',
    log: 'debug',
  },
  engine_request: {
    status: 400,
    code: INVALID_REQUEST,
    message: 'Bad request for Socket.IO',
    when: 'A request for Socket.IO violates the protocol of Engine.IO or of websockets. A detail gives the reason.',
    log: 'debug',
  },
  origin_refused: {
    status: 403,
    code: INVALID_REQUEST,
    message: 'Origin is not allowed',
    when: 'A page requests Socket.IO, and `rest-cors-origins` does not include its origin.',
    log: 'info',
  },
  slow_subscriber: {
    status: 503,
    code: NODE_BUSY,
    message: 'The subscriber reads too slowly',
    when: 'The subscriber has too many unread bytes. The server disconnects it; other subscribers are not affected.',
    log: 'info',
  },
  node_restarting: {
    status: 503,
    code: NODE_AWAY,
    message: 'The node cannot be reached now. Nothing has run: try again later',
    when: 'As `node_away`, in a gateway that runs [as a separate process](gateway.md): the node can start again while the gateway runs.',
    log: 'unusual',
  },
  stopping: {
    status: 503,
    code: NODE_BUSY,
    message: 'The gateway is stopping',
    when: 'The node or the plugin is stopping.',
    log: 'debug',
  },
  node_silent: {
    status: 504,
    code: NODE_SILENT,
    message: 'The node does not answer',
    when: `The node took more than ${seconds(LIMITS.nodeMs)} seconds to check a rune or to list its commands. Other commands have no time limit.`,
    log: 'unusual',
  },
} as const satisfies Record<string, ErrorKind>;

/** The stable name of an error. */
export type ErrorName = keyof typeof errorKinds;

/** The errors whose code and message come from the node. */
export type NodeErrorName = {
  [N in ErrorName]: (typeof errorKinds)[N]['code'] extends 'node' ? N : never;
}[ErrorName];

/** The errors whose code and message are in the catalogue. */
export type OwnErrorName = Exclude<ErrorName, NodeErrorName>;

/** Optional properties of a {@link Refusal}. */
export interface RefusalDetails {
  /** Added to the message. Must not contain anything that the client must not see. */
  readonly detail?: string;
  /** Headers of the response, for example `Allow`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** An error response. Its message and data are for the client; the log gets only what is safe. */
export class Refusal extends Error {
  readonly kind: ErrorName;
  readonly status: number;
  readonly code: number;
  /** The `data` of the node's error as unchanged JSON text. */
  readonly dataText: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** The detail in the message. */
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

  /** An error with the code and message of the catalogue. */
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

  /** The same refusal with further response headers. */
  with(headers: Readonly<Record<string, string>>): Refusal {
    const { kind, code, message, dataText, detail, cause } = this;
    const details = { headers: { ...this.headers, ...headers }, cause };
    return new Refusal(
      kind,
      code,
      message,
      dataText,
      detail === undefined ? details : { ...details, detail },
    );
  }

  /** An error with the code and message of the node. */
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
