import { describe, expect, expectTypeOf, test } from 'vitest';
import { FakeLightningd } from '../fake-lightningd/fake-lightningd.ts';
import { defaulted, developerOnly, optional, required } from '../parameters/declaration.ts';
import { msat } from '../parameters/amounts.ts';
import { u64 } from '../parameters/numbers.ts';
import { oneOf, text } from '../parameters/texts.ts';
import { RpcError } from '../rpc/errors.ts';
import type { PluginIo } from './plugin-io.ts';
import { Plugin } from './plugin.ts';

const colour = oneOf(['red', 'green'], "should be 'red' or 'green'");

function started(more: Partial<PluginIo> = {}): { lightningd: FakeLightningd; runs: unknown[] } {
  const runs: unknown[] = [];
  const { lightningd, io } = FakeLightningd.inProcess(more);
  const plugin = new Plugin()
    .command({
      name: 'tip',
      description: 'Sends a tip',
      longDescription: 'Sends a tip to the author',
      parameters: {
        amount_msat: required(msat),
        note: optional(text),
        colour: defaulted(colour, 'red'),
        'dev-delay': developerOnly(optional(u64)),
      },
      validate({ amount_msat, note }) {
        if (amount_msat === 0n && note === undefined) throw new RpcError(-1, 'nothing to send');
      },
      run(values, { id }) {
        expectTypeOf(values.amount_msat).toEqualTypeOf<bigint>();
        expectTypeOf(values.note).toEqualTypeOf<string | undefined>();
        expectTypeOf(values.colour).toEqualTypeOf<'red' | 'green'>();
        // @ts-expect-error: not declared
        void values.amount;
        runs.push(id);
        return values;
      },
    })
    .command({
      name: 'any',
      parameters: { first: optional(u64) },
      ignoresUnknown: true,
      run: ({ first }) => ({ first }),
    });
  void plugin.run(io);
  return { lightningd, runs };
}

describe('a command with declared parameters', () => {
  test('declares its usage', async () => {
    const { lightningd } = started();
    const { result } = await lightningd.request('getmanifest');
    expect(result?.['rpcmethods']).toEqual([
      {
        name: 'tip',
        usage: 'amount_msat [note] [colour] [dev-delay]',
        description: 'Sends a tip',
        long_description: 'Sends a tip to the author',
      },
      { name: 'any', usage: '[first]', description: 'any' },
    ]);
    lightningd.end();
  });

  test.each([
    ['{"amount_msat":"18446744073709551615msat","note":"\\u00e9"}', 'é', 'red'],
    ['[18446744073709551615, "é", "green"]', 'é', 'green'],
    ['["18446744073709551615", 5, null]', '5', 'red'],
  ])('reads %s', async (params, note, expected) => {
    const { lightningd } = started();
    lightningd.send(`{"id":1,"method":"tip","params":${params}}`);
    await lightningd.frame(({ id }) => id === 1);
    expect(lightningd.texts.at(-1)).toContain(
      `"result":{"amount_msat":18446744073709551615,"note":"${note}","colour":"${expected}"}`,
    );
    lightningd.end();
  });

  test.each([
    [{}, 'missing required parameter: amount_msat'],
    [['x'], `amount_msat: should be a millisatoshi amount: invalid token '"x"'`],
    [[1, 'a', 'blue'], `colour: should be 'red' or 'green': invalid token '"blue"'`],
    [[1, 'a', 'red', 5], 'Parameter 3 is developer-only'],
    [[1, 'a', 'red', null, 5], 'too many parameters: got 5, expected 4'],
    [
      { amount_msat: 1, amount: 2 },
      'unknown parameter: amount, this may be caused by a failure to autodetect key=value-style parameters. Please try using the -k flag and explicit key=value pairs of parameters.',
    ],
  ])('refuses %j, also for check', async (params, message) => {
    const { lightningd, runs } = started();
    const error = { code: -32602, message };
    expect((await lightningd.request('tip', params)).error).toEqual(error);
    const toCheck = Array.isArray(params)
      ? ['tip', ...params]
      : { command_to_check: 'tip', ...params };
    expect((await lightningd.request('check', toCheck)).error).toEqual(error);
    expect(runs).toEqual([]);
    lightningd.end();
  });

  test('validates its values together', async () => {
    const { lightningd, runs } = started();
    const check = await lightningd.request('check', ['tip', 0]);
    expect(check.error).toEqual({ code: -1, message: 'nothing to send' });
    expect((await lightningd.request('tip', [0])).error?.message).toBe('nothing to send');
    expect((await lightningd.request('check', ['tip', 1])).result).toEqual({
      command_to_check: 'tip',
    });
    expect(runs).toEqual([]);
    lightningd.end();
  });

  test('accepts developer-only parameters of a developer node, and ignores unknown ones on request', async () => {
    const { lightningd } = started({ developer: true });
    expect((await lightningd.request('tip', { amount_msat: 1, 'dev-delay': 7 })).result).toEqual({
      amount_msat: 1,
      colour: 'red',
      'dev-delay': 7,
    });
    expect((await lightningd.request('any', { first: 1, second: 2 })).result).toEqual({ first: 1 });
    lightningd.end();
  });
});
