#!/usr/bin/env node
// A plugin that takes a while to stop, and sends notifications of the topic `stopping` meanwhile. It uses no library, so it runs on
// any node.
import { createInterface } from 'node:readline';

const COUNT = 5;
const PAUSE_MS = 60;

const send = (message) =>
  new Promise((resolve) => {
    process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`, resolve);
  });

const results = {
  getmanifest: {
    options: [],
    rpcmethods: [],
    subscriptions: ['shutdown'],
    notifications: [{ method: 'stopping' }],
    dynamic: true,
  },
  init: {},
};

for await (const line of createInterface({ input: process.stdin })) {
  if (line === '') continue;
  const { id, method } = JSON.parse(line);
  if (id !== undefined) await send({ id, result: results[method] });
  if (method !== 'shutdown') continue;
  for (let n = 1; n <= COUNT; n++) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    await send({ method: 'stopping', params: { n } });
  }
  process.exit();
}
