#!/usr/bin/env node
// A plugin that calls the node, and counts its calls of checkrune. It uses no library, so it runs on any node.
// - `revoke ID` blacklists an id.
// - `checkrune-count` returns how often checkrune was called.
// It delays blacklistrune in its hook, as a plugin does that asks a person first.
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

const DELAY_MS = 100;
let socketPath = '';
let checks = 0;

const send = (message) =>
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`);

/** Calls a command of the node. */
function call(method, params) {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    let text = '';
    socket.on('error', reject).on('data', (piece) => {
      text += piece;
      if (!text.endsWith('\n\n')) return;
      socket.destroy();
      resolve(JSON.parse(text).result);
    });
    socket.write(JSON.stringify({ jsonrpc: '2.0', id: 'revoking', method, params }));
  });
}

const results = {
  getmanifest: () => ({
    options: [],
    rpcmethods: [
      { name: 'revoke', usage: 'id', description: 'Blacklists a rune' },
      { name: 'checkrune-count', usage: '', description: 'Returns the number of checks' },
    ],
    hooks: [{ name: 'rpc_command', filters: ['checkrune', 'blacklistrune'] }],
    dynamic: true,
  }),
  init: ({ configuration }) => {
    socketPath = join(configuration['lightning-dir'], configuration['rpc-file']);
    return {};
  },
  rpc_command: async ({ rpc_command: { method } }) => {
    if (method === 'checkrune') checks++;
    else await delay(DELAY_MS);
    return { result: 'continue' };
  },
  revoke: async (params) => call('blacklistrune', Array.isArray(params) ? params : [params.id]),
  'checkrune-count': () => ({ count: checks }),
};

let text = '';
for await (const line of createInterface({ input: process.stdin })) {
  text += line;
  if (text === '') continue;
  let request;
  try {
    request = JSON.parse(text);
  } catch {
    continue;
  }
  text = '';
  const result = results[request.method];
  if (result !== undefined) {
    void Promise.resolve(result(request.params)).then((value) =>
      send({ id: request.id, result: value }),
    );
  }
}
