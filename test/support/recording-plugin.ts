import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson } from '@clnrest/json';
import { hookSchemas, notificationSchemas } from '@clnrest/commands/schema-table';

/** A notification, or the request of a hook, as lightningd sent it. */
export interface RecordedEvent {
  readonly kind: 'notification' | 'hook';
  readonly name: string;
  readonly params: unknown;
}

/** A plugin that lets everything continue, and records what it gets. */
export interface RecordingPlugin {
  readonly file: string;
  events(): readonly RecordedEvent[];
}

/** What the plugin subscribes to. */
interface Subscriptions {
  readonly topics: readonly string[];
  readonly hooks: readonly string[];
}

/** All topics but `log`, which has a line for each hook. */
export const ALL_TOPICS = Object.keys(notificationSchemas).filter((topic) => topic !== 'log');
/** All hooks but `db_write`: with `rpc_command` in the same plugin, lightningd v26.06.6 does not start. */
export const OTHER_HOOKS = Object.keys(hookSchemas).filter((name) => name !== 'db_write');

/** Writes the plugin into a directory. */
export async function writeRecordingPlugin(
  directory: string,
  name: string,
  subscriptions: Subscriptions,
): Promise<RecordingPlugin> {
  const file = join(directory, `record-${name}.mjs`);
  const output = join(directory, `${name}.jsonl`);
  await writeFile(output, '');
  await writeFile(file, pluginText(output, subscriptions), { mode: 0o755 });
  return {
    file,
    events: () =>
      readFileSync(output, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => parseJson(line) as RecordedEvent),
  };
}

function pluginText(output: string, { topics, hooks }: Subscriptions): string {
  return `#!${process.execPath}
import { appendFileSync } from 'node:fs';
const hooks = new Set(${JSON.stringify(hooks)});
const manifest = {
  options: [],
  rpcmethods: [],
  subscriptions: ${JSON.stringify(topics)},
  hooks: [...hooks].map((name) => ({ name })),
  dynamic: true,
};
const reply = (id, result) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n\\n');
// The params keep every digit: they are copied as text.
const record = (kind, name, text) =>
  appendFileSync(${JSON.stringify(output)}, '{"kind":"' + kind + '","name":"' + name + '","params":' + text + '}\\n');
let rest = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => {
  rest += chunk;
  for (let end = rest.indexOf('\\n\\n'); end >= 0; end = rest.indexOf('\\n\\n')) {
    handle(rest.slice(0, end));
    rest = rest.slice(end + 2);
  }
});
process.stdin.on('end', () => process.exit());
function handle(text) {
  const { id, method, params } = JSON.parse(text);
  if (method === 'getmanifest') return reply(id, manifest);
  if (method === 'init') return reply(id, {});
  const raw = text.replaceAll('\\n', ' ').replace(/^[^]*?"params":/, '').replace(/}\\s*$/, '');
  record(id === undefined ? 'notification' : 'hook', method, isJson(raw) ? raw : JSON.stringify(params));
  if (id === undefined) return method === 'shutdown' && process.exit();
  const psbt = params?.[method]?.psbt;
  reply(id, { result: 'continue', ...(psbt !== undefined && { psbt }) });
}
function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
`;
}
