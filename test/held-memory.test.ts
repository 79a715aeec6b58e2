import { describe, expect, test } from 'vitest';
import { bytesHeldBy } from '@clnrest/testing/heap';

/**
 * Measures what is held, not what is reported: each of these once released what it evicted late or
 * never.
 */
const MIB = 1024 * 1024;

/** `text(i)` is 100 KB, another each time, and no two of them share memory. */
const TEXTS = `
  const text = (i, unit = 'a') => Buffer.from(String(i).padEnd(100_000, unit)).toString();
`;

const held = (code: string): Promise<number> =>
  bytesHeldBy(`${TEXTS}\n${code}`, import.meta.dirname);

describe('the notification history stays within its memory limit', () => {
  test.each([
    ['ASCII', 500, 'a'],
    ['others', 500, '\u2603'],
  ])('after notifications of 100,000 characters, %s: %d', async (_what, count, unit) => {
    const bytes = await held(`
      import { History } from '../packages/gateway/src/notifications/history.ts';
      export default () => {
        const history = new History(10_000, 8 * 1024 * 1024);
        for (let i = 1; i <= ${count}; i++) history.add({ sequence: i, topic: 'custommsg', text: text(i, ${JSON.stringify(unit)}) });
        return history;
      };`);
    expect(bytes).toBeGreaterThan(7 * MIB);
    expect(bytes).toBeLessThan(10 * MIB);
  });

  test('after 200,000 small notifications', async () => {
    const bytes = await held(`
      import { History } from '../packages/gateway/src/notifications/history.ts';
      export default () => {
        const history = new History(1e9, 8 * 1024 * 1024);
        for (let i = 1; i <= 200_000; i++) history.add({ sequence: i, topic: JSON.parse('"topic' + i + '"'), text: '{"i":' + i + '}' });
        return history;
      };`);
    expect(bytes).toBeLessThan(12 * MIB);
  });

  test('with texts as they come from lightningd, cut out of larger frames', async () => {
    const bytes = await held(`
      import { readIncoming } from '../packages/lightningd/src/plugin/incoming.ts';
      import { JsonFrames } from '../packages/lightningd/src/index.ts';
      import { History } from '../packages/gateway/src/notifications/history.ts';
      import { payloadOf } from '../packages/gateway/src/notifications/message.ts';
      export default () => {
        const history = new History(10_000, 8 * 1024 * 1024);
        const frames = new JsonFrames();
        for (let i = 1; i <= 500; i++) {
          const frame = '{"jsonrpc":"2.0","method":"custommsg","origin":"a plugin","ignored":"' + text(i) + text(i) + '","params":{"n":' + i + ',"payload":"' + text(i).slice(0, 900) + '"} }';
          for (const each of frames.push(Buffer.from(frame + frame))) {
            const incoming = readIncoming(each);
            history.add({ sequence: i, topic: incoming.topic, text: payloadOf(incoming) });
          }
        }
        return history;
      };`);
    expect(bytes).toBeGreaterThan(MIB / 2);
    expect(bytes).toBeLessThan(4 * MIB);
  });
});

describe("the sandbox's log book stays within its memory limit", () => {
  const book = (logging: string): Promise<number> =>
    held(`
      import { LogBook } from '../packages/sandbox/src/log/log-book.ts';
      export default () => {
        const book = new LogBook({ now: () => 1n });
        const logger = book.logger('plugin-rest');
        for (let i = 0; i < 1_000; i++) ${logging}
        return book;
      };`);

  test('after 1,000 messages of 100 KB', async () => {
    const bytes = await book("logger.log('debug', text(i));");
    expect(bytes).toBeGreaterThan(15 * MIB);
    expect(bytes).toBeLessThan(19 * MIB);
  });

  test('with lines that were cut out of longer texts', async () => {
    const bytes = await book(
      "logger.log('debug', (text(i) + '\\na line of some length').split('\\n')[1]);",
    );
    expect(bytes).toBeLessThan(2 * MIB);
  });

  test('with messages that it cuts itself', async () => {
    const bytes = await book("if (i < 8) logger.log('debug', text(i).repeat(100));");
    expect(bytes).toBeLessThan(4 * MIB);
  });
});

describe('the events page stays within its memory limit', () => {
  const kept = (body: string): Promise<number> =>
    held(`
      import { Kept } from '../packages/pages/src/events/kept.ts';
      import { EventParser } from '../packages/client/src/notifications/event-parser.ts';
      export default () => {
        const kept = new Kept();
        const parser = new EventParser();
        const add = (topic, text) => kept.add({ kind: 'notification', at: 0, topic, text });
        for (let i = 0; i < 1_000; i++) { ${body} }
        return kept;
      };`);

  test('after 1,000 notifications of 100 KB', async () => {
    const bytes = await kept("add('custommsg', text(i));");
    expect(bytes).toBeGreaterThan(15 * MIB);
    expect(bytes).toBeLessThan(19 * MIB);
  });

  test('with texts that were cut out of a stream', async () => {
    const bytes = await kept(`
      const piece = ':' + text(i) + '\\nevent: custommsg\\ndata: {"some": "payload of some length"}\\n\\n';
      for (const { event, data } of parser.push(Buffer.from(piece).toString())) add(event, data);
    `);
    expect(bytes).toBeLessThan(2 * MIB);
  });
});
