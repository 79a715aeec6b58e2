import { describe, expect, test } from 'vitest';
import { bytesHeldBy, DISTINCT_TEXTS } from '@clnrest/testing/heap';

const MIB = 1024 * 1024;

const held = (code: string): Promise<number> =>
  bytesHeldBy(`${DISTINCT_TEXTS}\n${code}`, import.meta.dirname);

describe('the notification history holds no more memory than its limit', () => {
  test.each([
    ['ASCII', 500, 'a'],
    ['other characters', 500, '\u2603'],
  ])('after notifications of 100,000 characters (%s)', async (_what, count, unit) => {
    const bytes = await held(`
      import { History } from './history.ts';
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
      import { History } from './history.ts';
      export default () => {
        const history = new History(1e9, 8 * 1024 * 1024);
        for (let i = 1; i <= 200_000; i++) history.add({ sequence: i, topic: JSON.parse('"topic' + i + '"'), text: '{"i":' + i + '}' });
        return history;
      };`);
    expect(bytes).toBeLessThan(12 * MIB);
  });

  test('with texts that are slices of larger frames, as from lightningd', async () => {
    const bytes = await held(`
      import { JsonFrames, readMembers } from '@clnrest/lightningd';
      import { History } from './history.ts';
      import { payloadOf } from './message.ts';
      export default () => {
        const history = new History(10_000, 8 * 1024 * 1024);
        const frames = new JsonFrames();
        for (let i = 1; i <= 500; i++) {
          const frame = '{"jsonrpc":"2.0","method":"custommsg","origin":"a plugin","ignored":"' + text(i) + text(i) + '","params":{"n":' + i + ',"payload":"' + text(i).slice(0, 900) + '"} }';
          for (const each of frames.push(Buffer.from(frame + frame))) {
            const notification = { topic: 'custommsg', origin: 'a plugin', paramsText: readMembers(each).get('params') };
            history.add({ sequence: i, topic: notification.topic, text: payloadOf(notification) });
          }
        }
        return history;
      };`);
    expect(bytes).toBeGreaterThan(MIB / 2);
    expect(bytes).toBeLessThan(4 * MIB);
  });
});
