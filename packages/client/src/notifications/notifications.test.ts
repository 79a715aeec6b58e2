import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { envelope, respondWith, serve } from '@clnrest/testing/serve';
import { ClnrestClient } from '../client.ts';
import type { ClnrestError } from '../errors.ts';
import { errorOf } from '../testing/error-of.ts';
import type { ListenOptions, Missed, NotificationEvent } from './subscribe.ts';

const rune = 'KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==';
const STREAM = { 'content-type': 'text/event-stream' };

interface AcceptedRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Sends lines followed by an empty line. */
  send(...lines: string[]): void;
}

/** A server whose connections the test accepts and drives one by one, in order of arrival. */
async function listening(options: ListenOptions = {}) {
  const arrived: AcceptedRequest[] = [];
  let more = (): void => undefined;
  const { url } = await serve((request, response) => {
    const send = (...lines: string[]) => void response.write(`${lines.join('\n')}\n\n`);
    arrived.push({ request, response, send });
    more();
  });
  const accept = async (status = 200, body?: string): Promise<AcceptedRequest> => {
    while (arrived.length === 0) await new Promise<void>((resolve) => (more = resolve));
    const accepted = arrived.shift();
    if (accepted === undefined) throw new Error('no connection arrived');
    if (body !== undefined) {
      respondWith(status, body)(accepted.request, accepted.response);
    } else {
      accepted.response.writeHead(status, STREAM);
      accepted.send('retry: 10', ': listening');
    }
    return accepted;
  };
  const client = new ClnrestClient({ url, rune });
  const notifications = client.notifications(options);
  onTestFinished(() => void notifications.return());
  const lost: ClnrestError[] = [];
  return { client, notifications, accept, lost };
}

async function next(
  notifications: AsyncGenerator<NotificationEvent<string> | Missed>,
): Promise<NotificationEvent<string> | Missed> {
  const { done, value } = await notifications.next();
  if (done === true) throw new Error('the generator has ended');
  return value as NotificationEvent<string> | Missed;
}

const event = (id: string, topic: string, data: string) => [
  `id: ${id}`,
  `event: ${topic}`,
  ...data.split('\n').map((line) => `data: ${line}`),
];

describe('notifications', () => {
  test('are requested with the rune and the topics, and keep their payload', async () => {
    const topics = ['invoice_payment', 'odd&topic'];
    const { notifications, accept } = await listening({ topics, lastEventId: 'e-7' });
    const first = next(notifications);
    const { request, send } = await accept();
    expect(request.method).toBe('GET');
    expect(request.url).toBe('/v1/notifications?topics=invoice_payment,odd%26topic');
    expect(request.headers).toMatchObject({
      rune,
      accept: 'text/event-stream',
      'last-event-id': 'e-7',
    });
    send(...event('e-8', 'invoice_payment', '{"invoice_payment":\n{"msat":9007199254740993}}'));
    expect(await first).toEqual({
      type: 'notification',
      topic: 'invoice_payment',
      payload: { msat: 9007199254740993n },
      params: { invoice_payment: { msat: 9007199254740993n } },
      text: '{"invoice_payment": {"msat":9007199254740993}}',
      id: 'e-8',
    });
  });

  test('resume after the last one when the connection breaks', async () => {
    const reasons: string[] = [];
    const onDisconnect = ({ code }: ClnrestError) => void reasons.push(code);
    const onConnect = () => void reasons.push('listening');
    const { notifications, accept } = await listening({ onConnect, onDisconnect });
    const first = next(notifications);
    const one = await accept();
    expect(one.request.headers['last-event-id']).toBeUndefined();
    one.send(...event('e-1', 'a', '1'));
    expect(await first).toMatchObject({ topic: 'a', payload: 1 });

    const second = next(notifications);
    // Incomplete, so that the client does not yield it.
    one.response.write('id: e-2\nevent: a\ndata: 2\n');
    one.response.destroy();
    const two = await accept();
    expect(two.request.headers['last-event-id']).toBe('e-1');
    two.send(...event('e-2', 'a', '2'));
    expect(await second).toMatchObject({ payload: 2 });

    const third = next(notifications);
    two.response.end();
    const three = await accept();
    expect(three.request.headers['last-event-id']).toBe('e-2');
    three.send('event: missed', 'data: {"message":"Some are not held any more"}');
    three.send(...event('f-9', 'a', '9'));
    expect(await third).toEqual({ type: 'missed', message: 'Some are not held any more' });
    expect(await next(notifications)).toMatchObject({ id: 'f-9' });
    const [begun, broken] = ['listening', 'connection_failed'];
    expect(reasons).toEqual([begun, broken, begun, broken, begun]);
  });

  test('resume after an id that was sent without an event', async () => {
    const { notifications, accept } = await listening();
    const first = next(notifications);
    const one = await accept();
    one.send(': listening', 'id: e-7');
    one.response.end();
    const two = await accept();
    expect(two.request.headers['last-event-id']).toBe('e-7');
    two.send(...event('e-8', 'a', '8'));
    expect(await first).toMatchObject({ payload: 8 });
  });

  test('report a gap if the connection breaks before an id was received', async () => {
    const { notifications, accept } = await listening();
    const first = next(notifications);
    const one = await accept();
    one.send('event: a', 'data: 1');
    expect(await first).toMatchObject({ topic: 'a', id: undefined });
    const second = next(notifications);
    one.response.destroy();
    await accept();
    expect(await second).toMatchObject({ type: 'missed' });
  });

  test('resume after transient errors and end with others', async () => {
    const reasons: string[] = [];
    const waits: number[] = [];
    const onDisconnect = ({ code }: ClnrestError, retryInMs: number) => {
      reasons.push(code);
      waits.push(retryInMs);
    };
    const { notifications, accept } = await listening({ onDisconnect });
    const first = next(notifications);
    const one = await accept();
    one.send(...event('e-1', 'a', '1'));
    await first;
    const second = errorOf(next(notifications));
    one.send('event: closed', `data: ${envelope(-32001, 'The gateway is stopping')}`);
    one.response.end();
    await accept(502, envelope(-32000, 'The node cannot be reached'));
    await accept(502, '<html>');
    await accept(503, envelope(-32001, 'Too many requests at once'));
    await accept(401, envelope(1502, 'Not permitted: too soon'));
    const two = await accept();
    two.send('event: closed', `data: ${envelope(1503, 'Not authorized: Blacklisted rune')}`);
    expect(await second).toMatchObject({
      code: 'rune_blacklisted',
      message: 'Not authorized: Blacklisted rune',
    });
    expect(reasons).toEqual(['busy', 'node_away', 'node_away', 'busy', 'too_soon']);
    expect(waits).toEqual([1, 2, 4, 8, 16].map((factor) => factor * (waits[0] ?? 0)));
    expect(await notifications.next()).toEqual({ done: true, value: undefined });
  });

  test.each([
    [401, envelope(1502, 'Not permitted: method is equal to getinfo'), 'rune_not_permitted'],
    [403, envelope(1501, 'Not authorized: Missing rune'), 'rune_missing'],
    [502, envelope(-32000, 'The node cannot be reached'), 'node_away'],
    [404, envelope(-32601, 'Path not found'), 'unknown_command'],
    [200, '{}', 'malformed_answer'],
  ])('fail without a retry if the first attempt fails: %d %s', async (status, body, code) => {
    const { notifications, accept } = await listening();
    const failed = errorOf(next(notifications));
    await accept(status, body);
    expect(await failed).toMatchObject({ code });
  });

  test("of a plugin can have the names of the server's own events", async () => {
    const { notifications, accept } = await listening();
    const first = next(notifications);
    const { send } = await accept();
    send(...event('e-1', 'closed', '{"door":1}'));
    send(...event('e-2', 'missed', '{"train":1}'));
    expect(await first).toMatchObject({ topic: 'closed', payload: { door: 1 } });
    expect(await next(notifications)).toMatchObject({ topic: 'missed', payload: { train: 1 } });
  });

  test('that are not valid JSON end the subscription', async () => {
    const { notifications, accept } = await listening();
    const first = errorOf(next(notifications));
    const { send } = await accept();
    send(...event('e-1', 'a', '{'));
    expect(await first).toMatchObject({ code: 'malformed_answer' });
  });

  test('resume on a new connection if the server is silent', async () => {
    const { notifications, accept } = await listening({ silenceMs: 400 });
    const first = next(notifications);
    const one = await accept();
    const gone = once(one.response, 'close');
    one.send(...event('e-1', 'a', '1'));
    await first;
    const second = next(notifications);
    await gone;
    const two = await accept();
    expect(two.request.headers['last-event-id']).toBe('e-1');
    two.send(...event('e-2', 'a', '2'));
    expect(await second).toMatchObject({ payload: 2 });
  });

  test('fail if the server never responds', async () => {
    const { notifications } = await listening({ silenceMs: 400 });
    expect(await errorOf(next(notifications))).toMatchObject({ code: 'connection_failed' });
  });

  test('end with the signal, at every stage', async () => {
    for (const stage of ['opening', 'listening', 'away'] as const) {
      const leave = new AbortController();
      const { notifications, accept } = await listening({ signal: leave.signal });
      const first = errorOf(next(notifications));
      if (stage !== 'opening') {
        const { response } = await accept();
        const gone = once(response, 'close');
        if (stage === 'away') {
          response.write('retry: 60000\n\n:\n');
          response.end();
          await gone;
        }
      }
      leave.abort();
      expect(await first).toMatchObject({ code: 'cancelled' });
    }
  });

  test('end when the loop is left and when the client is closed', async () => {
    const { client, notifications, accept } = await listening();
    const first = next(notifications);
    const { send, response } = await accept();
    const gone = once(response, 'close');
    send(...event('e-1', 'a', '1'));
    await first;
    await notifications.return();
    await gone;
    const others = errorOf(next(client.notifications()));
    const two = await accept();
    const left = once(two.response, 'close');
    client.close();
    expect(await others).toMatchObject({ code: 'cancelled' });
    await left;
  });

  test('wait for a slow reader', async () => {
    const { notifications, accept } = await listening({ silenceMs: 400 });
    const first = next(notifications);
    const { send, response } = await accept();
    for (let i = 0; i < 100; i++) send(...event(`e-${i}`, 'a', String(i)));
    expect(await first).toMatchObject({ payload: 0 });
    // Longer than silenceMs, which must not count while the reader is slow.
    await new Promise((resolve) => setTimeout(resolve, 600));
    for (let i = 1; i < 100; i++) expect(await next(notifications)).toMatchObject({ payload: i });
    expect(response.destroyed).toBe(false);
  });
});
