import { get, type IncomingMessage } from 'node:http';
import type { Notification } from '@clnrest/lightningd';
import { expect, onTestFinished, test } from 'vitest';
import { testGateway } from '../testing/gateway.ts';
import { RUNE } from '../testing/rune.ts';

const told = (topic: string, text = `{"${topic}":{}}`): Notification => ({
  topic,
  origin: undefined,
  paramsText: text,
  params: JSON.parse(text) as unknown,
  payload: undefined,
});

function open(url: string, headers: Record<string, string> = { rune: RUNE }, query = '') {
  return new Promise<IncomingMessage>((resolve, reject) => {
    const request = get(`${url}/v1/notifications${query}`, { headers, agent: false }, resolve);
    request.on('error', reject);
    onTestFinished(() => void request.destroy());
  });
}

/** Reads until so many blocks have come, or the end. */
async function blocks(answer: IncomingMessage, count: number): Promise<string[]> {
  let text = '';
  answer.setEncoding('utf8');
  for await (const chunk of answer.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.split('\n\n').length > count) break;
  }
  return text.split('\n\n').slice(0, count);
}

test('events have name, id and every digit; line ends in JSON do not end them', async () => {
  const gateway = await testGateway({ holdMs: 0 });
  const answer = await open(gateway.url);
  expect(answer.headers['content-type']).toBe('text/event-stream');
  gateway.notify(told('t', '{"t":\r\n18446744073709551615\n}'));
  const [hello, event] = await blocks(answer, 2);
  expect(hello).toBe('retry: 3000\n: listening');
  expect(event).toMatch(
    /^id: [0-9a-f]{8}-1\nevent: t\ndata: \{"t":\ndata: 18446744073709551615\ndata: \}$/,
  );
});

test('who comes back gets what it missed, or hears that some is gone', async () => {
  const gateway = await testGateway({ holdMs: 0 });
  const first = await open(gateway.url);
  for (const topic of ['a', 'b', 'c']) gateway.notify(told(topic));
  const [, a = ''] = await blocks(first, 4);
  const id = /^id: (.*)$/m.exec(a)?.[1] ?? '';
  const back = await blocks(await open(gateway.url, { rune: RUNE, 'last-event-id': id }), 3);
  expect(back.slice(1).map((text) => /^event: (.*)$/m.exec(text)?.[1])).toEqual(['b', 'c']);
  for (const old of ['garbage', '00000000-1', id.replace(/-1$/, '-99')]) {
    const answer = await open(gateway.url, { rune: RUNE, 'last-event-id': old });
    expect((await blocks(answer, 2))[1]).toMatch(/^event: missed\n/);
  }
});

test('topics are chosen by the query, and the end is told', async () => {
  const gateway = await testGateway({ holdMs: 0 });
  const answer = await open(gateway.url, { rune: RUNE }, '?topics=mine');
  for (const topic of ['a', 'mine', 'b']) gateway.notify(told(topic));
  const heard = blocks(answer, 3);
  await gateway.close();
  const [, mine, closed] = await heard;
  expect(mine).toMatch(/event: mine\n/);
  expect(closed).toMatch(/^event: closed\ndata: \{"code":-32001,/);
});
