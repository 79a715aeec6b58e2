import { type ErrorName, errorKinds } from '../../refusals.ts';

/** What an operation must have so that an error is possible. */
type Scope = 'any' | 'rune' | 'body' | 'command' | 'format' | 'query' | 'path' | 'topics' | 'never';

/** The scope of each error. `never` is for requests that belong to no operation, such as those of Socket.IO. */
const SCOPES: Readonly<Record<ErrorName, Scope>> = {
  missing_rune: 'rune',
  repeated_rune: 'rune',
  rune_refused: 'rune',
  path_not_found: 'never',
  version_missing: 'never',
  impossible_method: 'never',
  command_unknown: 'command',
  not_post: 'never',
  not_get: 'never',
  not_get_or_post: 'never',
  not_registered: 'never',
  not_proxy: 'never',
  content_type: 'body',
  accept: 'format',
  content_encoding: 'body',
  bad_json: 'body',
  bad_form: 'body',
  bad_query: 'query',
  bad_yaml: 'body',
  bad_xml: 'body',
  not_parameters: 'body',
  ambiguous_parameters: 'command',
  ignored_parameter: 'command',
  fatal_call: 'command',
  duplicate_key: 'path',
  positional_parameters: 'path',
  impossible_parameter: 'command',
  too_complex: 'command',
  bad_request: 'any',
  plain_http: 'any',
  expectation: 'body',
  slow_sender: 'any',
  body_too_large: 'body',
  url_too_long: 'any',
  headers_too_large: 'any',
  command_failed: 'command',
  unwritable: 'command',
  internal: 'any',
  node_away: 'any',
  node_restarting: 'any',
  node_broke_off: 'any',
  checkrune_missing: 'rune',
  busy: 'any',
  bad_filter: 'command',
  bad_topics: 'topics',
  no_notifications: 'topics',
  engine_protocol: 'never',
  engine_transport: 'never',
  engine_session: 'never',
  engine_request: 'never',
  origin_refused: 'never',
  slow_subscriber: 'topics',
  stopping: 'any',
  node_silent: 'any',
};

/** The scopes of each kind of operation. */
const OPERATIONS = {
  command: ['any', 'rune', 'body', 'format', 'command'],
  list: ['any', 'format'],
  stream: ['any', 'rune', 'topics'],
  metrics: ['any', 'rune'],
  health: ['any'],
  registered: ['any', 'rune', 'body', 'format', 'command', 'path'],
  registeredGet: ['any', 'rune', 'format', 'command', 'path', 'query'],
  openRegistered: ['any', 'body', 'format', 'command', 'path'],
  openRegisteredGet: ['any', 'format', 'command', 'path', 'query'],
} as const satisfies Readonly<Record<string, readonly Scope[]>>;

/**
 * A kind of operation, by the errors that it can return: a command, the list of commands, the stream of notifications, the
 * metrics, the health of the node, or a registered path. Open paths require no rune.
 */
export type OperationKind = keyof typeof OPERATIONS;

/** The kinds of operations. */
export const OPERATION_KINDS = Object.keys(OPERATIONS) as readonly OperationKind[];

/** Returns the names of the errors that an operation can return, in the order of the catalogue. */
export function errorsOf(kind: OperationKind): readonly ErrorName[] {
  const scopes: readonly Scope[] = OPERATIONS[kind];
  return (Object.keys(errorKinds) as ErrorName[]).filter((name) => scopes.includes(SCOPES[name]));
}
