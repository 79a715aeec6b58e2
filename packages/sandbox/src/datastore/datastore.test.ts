import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SocketClient } from '../testing/socket-client.ts';
import { temporarySandbox } from '../testing/temporary-sandbox.ts';

async function connect(): Promise<SocketClient> {
  return SocketClient.connect((await temporarySandbox()).rpcPath);
}

function hexOf(text: string): string {
  return Buffer.from(text).toString('hex');
}

function entry(key: string[], generation: number, text: string) {
  return {
    key,
    generation,
    hex: hexOf(text),
    string: text,
  };
}

describe('datastore', () => {
  test.each([
    ['must-create', undefined, entry(['k'], 0, 'new')],
    ['must-create', 'old', { code: 1202, message: 'Key already exists' }],
    ['must-replace', undefined, { code: 1203, message: 'Key does not exist' }],
    ['must-replace', 'old', entry(['k'], 1, 'new')],
    ['create-or-replace', undefined, entry(['k'], 0, 'new')],
    ['create-or-replace', 'old', entry(['k'], 1, 'new')],
    ['must-append', undefined, { code: 1203, message: 'Key does not exist' }],
    ['must-append', 'old', entry(['k'], 1, 'oldnew')],
    ['create-or-append', undefined, entry(['k'], 0, 'new')],
    ['create-or-append', 'old', entry(['k'], 1, 'oldnew')],
  ])('%s with the existing value %s', async (mode, before, expected) => {
    const client = await connect();
    if (before !== undefined) await client.call('datastore', { key: 'k', string: before });
    const { result, error } = await client.call('datastore', { key: 'k', string: 'new', mode });
    expect(result ?? error).toEqual(expected);
    const { result: kept } = await client.call('listdatastore', ['k']);
    const unchanged = before === undefined ? [] : [entry(['k'], 0, before)];
    expect(kept).toEqual({ datastore: error === undefined ? [expected] : unchanged });
  });

  test('data that is not text has no string member, and numbers are valid key parts', async () => {
    const client = await connect();
    for (const [hex, shown] of [
      ['00', {}],
      ['ff', {}],
      ['', { string: '' }],
      ['e282ac', { string: '€' }],
    ]) {
      const params = { key: ['h', 1], hex, mode: 'create-or-replace' };
      const { result } = await client.call('datastore', params);
      expect(result).toMatchObject({ key: ['h', '1'], hex, ...(shown as object) });
      expect(Object.keys(result as object)).toHaveLength(3 + Object.keys(shown as object).length);
    }
  });

  test.each([
    [{ string: 'x' }, 'missing required parameter: key'],
    [{ key: [], string: 'x' }, 'key: should not be empty'],
    [{ key: { a: 1 }, string: 'x' }, 'key: should be string'],
    [{ key: 'a' }, 'Must have either hex or string'],
    [{ key: 'a', string: 'x', hex: '00' }, 'Cannot have both hex and string'],
    [{ key: 'a', hex: '0' }, 'hex: should be a hex value'],
    [{ key: 'a', string: 'x', mode: 'replace' }, "mode: should be 'must-create', 'must-replace'"],
    [
      { key: 'a', string: 'x', generation: 0 },
      'generation only valid with must-replace or must-append',
    ],
  ])('rejects %j', async (params, message) => {
    const client = await connect();
    const { error } = await client.call('datastore', params);
    expect(error?.code).toBe(-32602);
    expect(error?.message).toContain(message);
  });

  test('rejects a change or deletion with an old generation', async () => {
    const client = await connect();
    const at = { key: 'k', mode: 'must-replace' };
    await client.call('datastore', { key: 'k', string: 'a' });
    expect((await client.call('datastore', { ...at, string: 'b', generation: 0 })).error).toBe(
      undefined,
    );
    const late = await client.call('datastore', { ...at, string: 'c', generation: 0 });
    expect(late.error).toEqual({ code: 1204, message: 'generation is different' });
    const deleted = await client.call('deldatastore', { key: 'k', generation: 0 });
    expect(deleted.error).toEqual({ code: 1201, message: 'generation is different' });
    const { result } = await client.call('deldatastore', { key: 'k', generation: 1 });
    expect(result).toEqual(entry(['k'], 1, 'b'));
    expect((await client.call('deldatastore', ['k'])).error).toEqual({
      code: 1200,
      message: 'Key does not exist',
    });
  });

  test('an entry cannot have children, and a child cannot have a parent entry', async () => {
    const client = await connect();
    await client.call('datastore', { key: ['a', 'b', 'c'], string: '1' });
    for (const key of ['a', ['a', 'b']]) {
      const { error } = await client.call('datastore', { key, string: 'x' });
      expect(error).toEqual({ code: 1205, message: 'Key has children already' });
    }
    const { error } = await client.call('datastore', { key: ['a', 'b', 'c', 'd'], string: 'x' });
    expect(error).toEqual({ code: 1206, message: 'Parent key [a,b,c] exists' });
    await client.call('datastore', { key: ['a', 'bb'], string: '2' });
    expect((await client.call('listdatastore', [['a', 'b']])).result).toEqual({
      datastore: [entry(['a', 'b', 'c'], 0, '1')],
    });
  });
});

describe('listdatastore', () => {
  test('lists one level, and only the keys of deeper levels', async () => {
    const client = await connect();
    for (const key of [['a', 'x', '1'], ['a', 'x', '2'], ['a', 'y'], ['a!'], ['b', 'z']]) {
      await client.call('datastore', { key, string: key.join('/') });
    }
    const list = async (params: unknown) =>
      (await client.call('listdatastore', params)).result as { datastore: unknown };
    expect(await list([])).toEqual({
      datastore: [{ key: ['a'] }, entry(['a!'], 0, 'a!'), { key: ['b'] }],
    });
    expect(await list(['a'])).toEqual({
      datastore: [{ key: ['a', 'x'] }, entry(['a', 'y'], 0, 'a/y')],
    });
    expect(await list({ key: ['a', 'x'] })).toEqual({
      datastore: [entry(['a', 'x', '1'], 0, 'a/x/1'), entry(['a', 'x', '2'], 0, 'a/x/2')],
    });
    expect(await list(['none'])).toEqual({ datastore: [] });
  });

  test('returns any stored data', async () => {
    const client = await connect();
    const model = new Map<string, string>();
    const part = fc.string({ unit: 'binary', minLength: 1, maxLength: 5 });
    const text = fc.string({ unit: 'binary', maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(part, text, async (key, string) => {
        // As in lightningd, a key is the text between the quotes, including its escapes.
        const written = JSON.stringify(key).slice(1, -1);
        const mode = 'create-or-replace';
        const { result } = await client.call('datastore', { key, hex: hexOf(string), mode });
        expect(result).toMatchObject({ key: [written], hex: hexOf(string) });
        model.set(written, hexOf(string));
      }),
    );
    const { result } = await client.call('listdatastore');
    const { datastore } = result as { datastore: { key: string[]; hex: string }[] };
    expect(new Map(datastore.map(({ key, hex }) => [key[0], hex]))).toEqual(model);
    const keys = datastore.map(({ key }) => Buffer.from(key[0] ?? ''));
    expect(keys).toEqual(keys.toSorted((a, b) => Buffer.compare(a, b)));
  });
});

test('datastoreusage counts keys, separators and data', async () => {
  const client = await connect();
  await client.call('datastore', { key: ['a', 'bc'], string: '12345' });
  await client.call('datastore', { key: ['d'], hex: 'ff00' });
  const usage = async (params: unknown) => (await client.call('datastoreusage', params)).result;
  expect(await usage([])).toEqual({ datastoreusage: { key: '[]', total_bytes: 12 } });
  expect(await usage([['a', 'bc']])).toEqual({
    datastoreusage: { key: '[a,bc]', total_bytes: 9 },
  });
  expect(await usage({ key: 'none' })).toEqual({
    datastoreusage: { key: '[none]', total_bytes: 0 },
  });
});
