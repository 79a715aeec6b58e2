#!/usr/bin/env node
// A plugin that sends bursts of notifications: `burst COUNT FROM SIZE` sends COUNT notifications of the topic `burst`,
// numbered from FROM on, with a filler of SIZE characters. It uses no library, so it runs on any node.
import { createInterface } from 'node:readline';

const send = (message) =>
  new Promise((resolve) => {
    process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`, resolve);
  });

const results = {
  getmanifest: () => ({
    options: [],
    rpcmethods: [{ name: 'burst', usage: 'count from size', description: 'Sends notifications' }],
    notifications: [{ method: 'burst' }],
    dynamic: true,
  }),
  init: () => ({}),
  burst: async (params) => {
    const [count, from, size] = Array.isArray(params)
      ? params
      : [params.count, params.from, params.size];
    const filler = 'x'.repeat(size);
    for (let n = from; n < from + count; n++) {
      await send({ method: 'burst', params: { burst: { n, filler } } });
    }
    return { sent: count };
  },
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
  if (result !== undefined) await send({ id: request.id, result: await result(request.params) });
}
