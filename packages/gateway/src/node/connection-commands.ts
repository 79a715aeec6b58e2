/**
 * lightningd's commands that change the connection on which they arrive (v26.06: fields of its
 * `struct json_connection`). `check` only checks their parameters.
 */
const CONNECTION_COMMANDS: ReadonlySet<string> = new Set([
  'batching',
  'deprecations',
  'notifications',
]);

/** Whether a command changes its connection, and so must not run on one that others use later. */
export function changesConnection(method: string): boolean {
  return CONNECTION_COMMANDS.has(method);
}
