import { once } from 'node:events';
import { get } from 'node:http';
import { io } from 'socket.io-client';
import { expect, onTestFinished, test } from 'vitest';
import { RUNE } from '@clnrest/testing';
import { testGateway } from '../testing/gateway.ts';
import { gapText } from './message.ts';

const event = (sequence: number, topic: string) => ({
  sequence,
  topic,
  text: `{"n":${sequence}}`,
  id: `5-${sequence}`,
});

test('a gap reaches every subscriber in its place, whatever topics it chose', async () => {
  const gateway = await testGateway({ holdMs: 0, notifications: 'redis' });
  const socket = io(gateway.url, { extraHeaders: { rune: RUNE }, auth: { topics: 'mine' } });
  onTestFinished(() => void socket.close());
  const received: unknown[] = [];
  for (const name of ['message', 'missed']) {
    socket.on(name, (data: unknown) => received.push([name, data]));
  }
  await once(socket as unknown as NodeJS.EventEmitter, 'connect');
  const request = get(`${gateway.url}/v1/notifications?topics=mine`, { headers: { rune: RUNE } });
  onTestFinished(() => void request.destroy());
  const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream];
  let text = '';
  response.on('data', (piece: Buffer) => (text += piece.toString()));
  await expect.poll(() => text).toContain('listening');

  gateway.publish(event(1, 'mine'));
  gateway.publish({ sequence: 2, topic: '', text: gapText('a reason'), isGap: true });
  gateway.publish(event(3, 'other'));
  gateway.publish(event(4, 'mine'));
  const message = { message: 'Some notifications were missed: a reason' };
  await expect.poll(() => received).toHaveLength(3);
  expect(received).toEqual([
    ['message', { n: 1 }],
    ['missed', message],
    ['message', { n: 4 }],
  ]);
  await expect.poll(() => text).toContain('id: 5-4');
  expect(text.split('\n\n').slice(1, -1)).toEqual([
    'id: 5-1\nevent: mine\ndata: {"n":1}',
    `event: missed\ndata: ${JSON.stringify(message)}`,
    'id: 5-4\nevent: mine\ndata: {"n":4}',
  ]);
});
