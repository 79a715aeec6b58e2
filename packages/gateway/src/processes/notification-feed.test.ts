import type { PluginNotification } from '@clnrest/lightningd';
import { expect, test } from 'vitest';
import { notification } from '../testing/notification.ts';
import type { ToHttpProcess } from './messages.ts';
import { NotificationFeed } from './notification-feed.ts';
import { NotificationLog } from './notification-log.ts';

const MIB = 1024 * 1024;

function tick(n: number): PluginNotification {
  return notification('tick', `{"tick":${n}}`);
}

function feeding(historyMessages: number) {
  const log = new NotificationLog({ historyMessages, historyBytes: 1_000_000 });
  const sent: ToHttpProcess[] = [];
  const link = {
    unsent: 0,
    send: (message: ToHttpProcess) => void sent.push(message),
    kill: () => undefined,
  };
  log.add(tick(1));
  const feed = new NotificationFeed(log, link);
  const sequences = () =>
    sent.map((message) => (message.type === 'notification' ? message.message.sequence : 0));
  return { log, link, feed, sequences };
}

test('notifications after the start are sent once and in order', () => {
  const { log, feed, sequences } = feeding(10);
  for (let n = 2; n <= 5; n++) {
    log.add(tick(n));
    expect(feed.pump()).toBe(true);
    expect(feed.pump()).toBe(true);
  }
  expect(sequences()).toEqual([2, 3, 4, 5]);
});

test('notifications stay in the log until the HTTP process reads', () => {
  const { log, link, feed, sequences } = feeding(10);
  link.unsent = 64 * MIB;
  for (let n = 2; n <= 5; n++) {
    log.add(tick(n));
    expect(feed.pump()).toBe(true);
  }
  expect(sequences()).toEqual([]);
  link.unsent = 0;
  expect(feed.pump()).toBe(true);
  expect(sequences()).toEqual([2, 3, 4, 5]);
});

test('pump returns false if an unsent notification was evicted', () => {
  const { log, link, feed, sequences } = feeding(3);
  link.unsent = 64 * MIB;
  for (let n = 2; n <= 9; n++) log.add(tick(n));
  expect(feed.pump()).toBe(true);
  link.unsent = 0;
  expect(feed.pump()).toBe(false);
  expect(sequences()).toEqual([]);
});

test('the log keeps the newest, with consecutive numbers', () => {
  const { log } = feeding(3);
  for (let n = 2; n <= 9; n++) log.add(tick(n));
  expect(log.sequence).toBe(9);
  expect(log.messages).toEqual(
    [7, 8, 9].map((n) => ({ sequence: n, topic: 'tick', text: `{"tick":${n}}` })),
  );
  expect(log.epoch).toMatch(/^[0-9a-f]{8}$/);
});
