import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { RpcError, TRANSPORT_ERROR_CODES, TransportError } from './errors.ts';

describe('the errors', () => {
  test('are all listed in the README, and no others', async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
    const table = readme.slice(readme.indexOf('## Errors'), readme.indexOf('## Write a plugin'));
    const rows = table.split('\n').filter((line) => /^\| +(`TransportError`)? *\|/.test(line));
    const codes = rows.map((row) => /^\|[^|]*\| *`(\w+)`/.exec(row)?.[1]);
    expect(codes).toEqual([...TRANSPORT_ERROR_CODES]);
  });

  test('keep their cause', () => {
    const cause = new Error('below');
    expect(new TransportError('refused', 'x', { cause }).cause).toBe(cause);
    expect(new RpcError(1, 'x', { cause }).cause).toBe(cause);
    expect('cause' in new RpcError(1, 'x')).toBe(false);
  });
});
