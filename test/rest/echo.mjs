#!/usr/bin/env node
// A plugin whose command `echo` answers with what it was given. If `echo-registers` names a command that
// registers paths, it has `early/{word}` lead to its own before it says that it has started. Written
// without a library, for any node.
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const send = (message) =>
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`);

/** Calls a command of the node, and resolves with its whole reply. */
const call = (socketPath, method, params) =>
  new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(socketPath);
    socket.on('error', reject);
    socket.on('data', (piece) => {
      text += piece;
      if (!text.endsWith('\n\n')) return;
      socket.end();
      resolve(JSON.parse(text));
    });
    socket.write(JSON.stringify({ jsonrpc: '2.0', id: 'echo', method, params }));
  });

const answers = {
  getmanifest: () => ({
    options: [
      {
        name: 'echo-registers',
        type: 'string',
        default: '',
        description: 'Command by which a path is registered at the start',
      },
    ],
    rpcmethods: [{ name: 'echo', usage: '[anything]', description: 'Answers what it is given' }],
    dynamic: true,
  }),
  init: async ({ options, configuration }) => {
    const registers = options['echo-registers'];
    if (registers === '') return {};
    const socketPath = join(configuration['lightning-dir'], configuration['rpc-file']);
    const reply = await call(socketPath, registers, ['early/{word}', 'echo', 'GET', false]);
    const level = 'error' in reply ? 'broken' : 'info';
    send({ method: 'log', params: { level, message: `registered: ${JSON.stringify(reply)}` } });
    return {};
  },
  echo: (params, line) => ({ params, line }),
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
  const answer = answers[request.method];
  const whole = text;
  text = '';
  if (answer === undefined) continue;
  Promise.resolve(answer(request.params, whole)).then((result) => send({ id: request.id, result }));
}
