#!/usr/bin/env node
// A plugin that has much to tell: `cry COUNT FROM SIZE` sends so many notifications of the topic `cry`,
// numbered from FROM on, with a filler of SIZE characters. Written without a library, for any node.
import { createInterface } from 'node:readline';

const send = (message) =>
  new Promise((resolve) => {
    process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`, resolve);
  });

const answers = {
  getmanifest: () => ({
    options: [],
    rpcmethods: [{ name: 'cry', usage: 'count from size', description: 'Tells much' }],
    notifications: [{ method: 'cry' }],
    dynamic: true,
  }),
  init: () => ({}),
  cry: async (params) => {
    const [count, from, size] = Array.isArray(params)
      ? params
      : [params.count, params.from, params.size];
    const filler = 'x'.repeat(size);
    for (let n = from; n < from + count; n++) {
      await send({ method: 'cry', params: { cry: { n, filler } } });
    }
    return { cried: count };
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
  const answer = answers[request.method];
  if (answer !== undefined) await send({ id: request.id, result: await answer(request.params) });
}
