import { chmodSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryDirectory } from '@clnrest/testing';

/** A plugin for a test. */
export interface TestPlugin {
  /** The file's name. */
  readonly name?: string;
  /** Members that replace those of an empty manifest. */
  readonly manifest?: Record<string, unknown>;
  /**
   * JavaScript that extends the plugin. It can use `send(message)`, `write(text)`, `note(value)`, which the test can read,
   * and `on(method, handler)`. A handler returns the result or throws the error.
   */
  readonly body?: string;
}

export interface WrittenPlugin {
  readonly path: string;
  /** The values that the plugin has noted. */
  notes(): Promise<unknown[]>;
  /** Resolves with the first note that fulfils the condition. */
  waitForNote(condition: (note: unknown) => boolean): Promise<unknown>;
}

const RUNTIME = `
const fs = require('node:fs');
const note = (value) => fs.appendFileSync(NOTES, JSON.stringify(value) + '\\n');
const write = (text) => process.stdout.write(text);
const send = (message) => write(JSON.stringify({ jsonrpc: '2.0', ...message }));
const handlers = {
  getmanifest: () => ({ options: [], rpcmethods: [], subscriptions: [], dynamic: true, ...MANIFEST }),
  init: () => ({}),
  shutdown: () => process.exit(0),
};
const on = (method, handler) => { handlers[method] = handler; };
let text = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => {
  text += chunk;
  for (let end = text.indexOf('\\n\\n'); end !== -1; end = text.indexOf('\\n\\n')) {
    const raw = text.slice(0, end);
    text = text.slice(end + 2);
    const message = JSON.parse(raw);
    note({ raw });
    // A message can wait for the next one, also if both arrive together.
    void handle(message);
  }
});
const handle = async (message) => {
  const handler = handlers[message.method];
  if (message.id === undefined) { handler?.(message.params, message); return; }
  try {
    const result = await handler(message.params, message);
    if (result !== undefined) send({ id: message.id, result });
  } catch (error) {
    send({ id: message.id, error: { code: error.code ?? -1, message: error.message, data: error.data } });
  }
};
process.stdin.on('end', () => process.exit(0));
`;

/** Writes a plugin to a directory of its own. */
export async function writePlugin({
  name = 'test-plugin',
  manifest = {},
  body = '',
}: TestPlugin = {}): Promise<WrittenPlugin> {
  const directory = temporaryDirectory();
  const path = join(directory, name);
  const notesPath = join(directory, 'notes.jsonl');
  writeFileSync(notesPath, '');
  // Prevents a package.json in a parent directory from changing the module type.
  writeFileSync(join(directory, 'package.json'), '{"type":"commonjs"}');
  writeFileSync(
    path,
    `#!${process.execPath}\nconst NOTES = ${JSON.stringify(notesPath)};\nconst MANIFEST = ${JSON.stringify(manifest)};\n${RUNTIME}\n${body}\n`,
  );
  chmodSync(path, 0o755);
  /** The notes after the first ones. */
  const notesAfter = async (count: number): Promise<unknown[]> =>
    (await readFile(notesPath, 'utf8'))
      .split('\n')
      // The last line is empty or incomplete.
      .slice(count, -1)
      .map((line) => JSON.parse(line) as unknown);
  return {
    path,
    notes: () => notesAfter(0),
    async waitForNote(condition) {
      for (let checked = 0; ;) {
        const notes = await notesAfter(checked);
        const found = notes.find(condition);
        if (found !== undefined) return found;
        checked += notes.length;
        await new Promise((resolve) => {
          setTimeout(resolve, 10);
        });
      }
    },
  };
}

/** The messages with this method that a plugin received, verbatim. */
export function received(notes: readonly unknown[], method: string): string[] {
  return notes
    .map((note) => (note as { raw?: string }).raw ?? '')
    .filter((raw) => raw.includes(`"method":"${method}"`) || raw.includes(`"method": "${method}"`));
}
