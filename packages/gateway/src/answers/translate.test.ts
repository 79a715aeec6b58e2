import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { translate } from './translate.ts';

describe('translate', () => {
  test('sends what has arrived immediately', async () => {
    const result = new PassThrough();
    const yaml = translate(result, 'yaml', 'm');
    result.write('{"a":1,"b":"x');
    expect(String((await once(yaml, 'data'))[0])).toBe('a: 1\nb:');
    result.end('"}');
    const rest = await yaml.toArray();
    expect(Buffer.concat(rest as Buffer[]).toString()).toBe(' x\n');
  });

  test('accepts pieces that split characters', async () => {
    const bytes = Buffer.from('{"a":"é😀"}');
    const single = Array.from(bytes, (byte) => Buffer.of(byte));
    const pieces = await translate(Readable.from(single), 'form', 'm').toArray();
    expect(Buffer.concat(pieces as Buffer[]).toString()).toBe('a=%C3%A9%F0%9F%98%80');
  });

  test('reads no faster than its consumer', async () => {
    let read = 0;
    const source = Readable.from(
      (function* () {
        yield Buffer.from('[1');
        for (;;) {
          read++;
          yield Buffer.from(',1'.repeat(10_000));
        }
      })(),
      { objectMode: false },
    );
    const xml = translate(source, 'xml', 'm');
    await once(xml, 'readable');
    await new Promise(setImmediate);
    expect(read).toBeLessThan(20);
    xml.destroy();
    await once(xml, 'close');
  });

  test('does not hold the output of a result that grows', async () => {
    const source = Readable.from([
      Buffer.from(`{"${'k'.repeat(900)}":[${'1,'.repeat(100_000)}1]}`),
    ]);
    const form = translate(source, 'form', 'm');
    let bytes = 0;
    let largest = 0;
    for await (const piece of form) {
      bytes += (piece as Buffer).length;
      largest = Math.max(largest, (piece as Buffer).length);
    }
    expect(bytes).toBeGreaterThan(90_000_000);
    // The values of one slice, each with the longest path.
    expect(largest).toBeLessThan(4_000_000);
  });

  test('fails when the result fails', async () => {
    const result = new PassThrough();
    const yaml = translate(result, 'yaml', 'm');
    result.write('{"a":1,');
    await once(yaml, 'data');
    result.destroy(new Error('gone'));
    await expect(once(yaml, 'end')).rejects.toThrow('gone');
  });

  test('refuses results that are not JSON or end too early', async () => {
    const translated = (json: string) =>
      translate(Readable.from([Buffer.from(json)]), 'xml', 'm').toArray();
    await expect(translated('{"a":1')).rejects.toMatchObject({ kind: 'node_broke_off' });
    await expect(translated('{"a":nan}')).rejects.toMatchObject({ kind: 'node_broke_off' });
  });

  test('destroying the translation destroys a result that sends nothing', async () => {
    const result = new PassThrough();
    const yaml = translate(result, 'yaml', 'm');
    result.write('{"a":1,');
    await once(yaml, 'data');
    yaml.destroy();
    await once(result, 'close');
  });

  test('destroys a result that exceeds a limit', async () => {
    const result = new PassThrough();
    const yaml = translate(result, 'yaml', 'm');
    result.write(`${'['.repeat(65)}`);
    await expect(once(yaml, 'data')).rejects.toMatchObject({ kind: 'unwritable' });
    expect(result.destroyed).toBe(true);
  });
});
