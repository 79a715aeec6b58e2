/** Commands that change lightningd's `struct json_connection` (v26.06). `check` on them changes nothing. */
const CONNECTION_COMMANDS: ReadonlySet<string> = new Set([
  'batching',
  'deprecations',
  'notifications',
]);

/** Whether a command changes the connection on which it runs, so that the connection must not be reused. */
export function changesConnection(method: string): boolean {
  return CONNECTION_COMMANDS.has(method);
}
