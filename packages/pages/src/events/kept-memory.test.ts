import { describe, expect, test } from 'vitest';
import { bytesHeldBy, DISTINCT_TEXTS } from '@clnrest/testing/heap';

const MIB = 1024 * 1024;

const held = (code: string): Promise<number> =>
  bytesHeldBy(`${DISTINCT_TEXTS}\n${code}`, import.meta.dirname);

describe('Kept holds no more memory than its limit', () => {
  const kept = (body: string): Promise<number> =>
    held(`
      import { Kept } from './kept.ts';
      export default () => {
        const kept = new Kept();
        const add = (topic, text) => kept.add({ kind: 'notification', at: 0, topic, text });
        for (let i = 0; i < 1_000; i++) { ${body} }
        return kept;
      };`);

  test('after 1,000 notifications of 100 KB', async () => {
    const bytes = await kept("add('custommsg', text(i));");
    expect(bytes).toBeGreaterThan(15 * MIB);
    expect(bytes).toBeLessThan(19 * MIB);
  });

  test('with texts that are slices of a stream', async () => {
    const bytes = await kept(`
      const chunk = Buffer.from(':' + text(i) + '\\ndata: {"some": "payload of some length"}').toString();
      add('custommsg', chunk.slice(chunk.indexOf('{')));
    `);
    expect(bytes).toBeLessThan(2 * MIB);
  });
});
