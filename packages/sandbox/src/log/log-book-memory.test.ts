import { describe, expect, test } from 'vitest';
import { bytesHeldBy, DISTINCT_TEXTS } from '@clnrest/testing/heap';

const MIB = 1024 * 1024;

describe('the log book holds no more memory than its limit', () => {
  const book = (logging: string): Promise<number> =>
    bytesHeldBy(
      `${DISTINCT_TEXTS}
      import { LogBook } from './log-book.ts';
      export default () => {
        const book = new LogBook({ now: () => 1n });
        const logger = book.logger('plugin-rest');
        for (let i = 0; i < 1_000; i++) ${logging}
        return book;
      };`,
      import.meta.dirname,
    );

  test('after 1,000 messages of 100 KB', async () => {
    const bytes = await book("logger.log('debug', text(i));");
    expect(bytes).toBeGreaterThan(15 * MIB);
    expect(bytes).toBeLessThan(19 * MIB);
  });

  test('with lines that are slices of longer texts', async () => {
    const bytes = await book(
      "logger.log('debug', (text(i) + '\\na line of some length').split('\\n')[1]);",
    );
    expect(bytes).toBeLessThan(2 * MIB);
  });

  test('with messages that it truncates', async () => {
    const bytes = await book("if (i < 8) logger.log('debug', text(i).repeat(100));");
    expect(bytes).toBeLessThan(4 * MIB);
  });
});
