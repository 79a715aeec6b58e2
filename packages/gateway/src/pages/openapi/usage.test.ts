import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readUsage } from './usage.ts';

/** Formats the parsed parameters: `name`, `[name]`, `?` without a name, and `…` if incomplete. */
function shown(line: string): string {
  const { parameters, isComplete } = readUsage(line);
  const words = parameters.map(({ name = '?', isRequired, choices }) => {
    const text = choices.length === 0 ? name : `${name}=${choices.join('|')}`;
    return isRequired ? text : `[${text}]`;
  });
  return [...words, ...(isComplete ? [] : ['…'])].join(' ');
}

describe('a usage line', () => {
  // Lines of lightningd v26.06.
  test.each([
    '',
    'rune [nodeid] [method] [params]',
    'amount_msat label description [expiry] [fallbacks] [preimage] [dev-routes]',
    'command target/subcommand [target]',
    'recurring.label [x]',
  ])('is parsed completely: %j', (line) => {
    expect(shown(line)).toBe(line);
  });

  test.each([
    ['subcommand=start|stop|list', 'subcommand=start|stop|list …'],
    ['[retry_for=60] [maxfee]', '[retry_for=60] [maxfee] …'],
    ['style [perkb|perkw] [x]', 'style [?=perkb|perkw] [x] …'],
    ['bech32|p2tr', '?=bech32|p2tr …'],
    ['<id> [<host>] [<on|off>]', 'id [host] [?=on|off] …'],
    ['id [host [port [more]]] last', 'id [host] [port] [more] last'],
    ['[[a] b][c]', '[a] [b] [c]'],
    ['  a\t[b]\n c ', 'a [b] c'],
  ])('with alternatives or nested brackets is parsed: %j', (line, expected) => {
    expect(shown(line)).toBe(expected);
  });

  // Lines that plugins could have.
  test.each([
    ['id, amount', '…'],
    ['id Send money to a friend.', 'id …'],
    ['ids... [x]', '…'],
    ['a outputs[] b', 'a outputs …'],
    ['node[@host] b', 'node …'],
    ['[a]b', '[a] …'],
    ['a [b', 'a [b] …'],
    ['a b] c', 'a b …'],
    ['a b a c', 'a b …'],
    ['--force id', '…'],
    ['a $(reboot)', 'a …'],
    ['<img src=x onerror=alert(1)>', '…'],
    ['a {b} c', 'a …'],
    ['a b=', 'a …'],
    ['a =b', 'a …'],
    ['a b=x|<i>', 'a …'],
    ['a "b"', 'a …'],
    ['a \u0000 b', 'a …'],
    ['☃', '…'],
    [`a ${'b'.repeat(129)}`, 'a …'],
  ])('is parsed up to the first error: %j', (line, expected) => {
    expect(shown(line)).toBe(expected);
  });

  test('can contain names of Object.prototype', () => {
    expect(shown('__proto__ [constructor] [hasOwnProperty]')).toBe(
      '__proto__ [constructor] [hasOwnProperty]',
    );
  });

  test('of any names, some in brackets, is parsed completely', () => {
    const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/);
    const words = fc.uniqueArray(fc.record({ name, isRequired: fc.boolean() }), {
      selector: (word) => word.name,
    });
    fc.assert(
      fc.property(words, (list) => {
        const line = list.map(({ name, isRequired }) => (isRequired ? name : `[${name}]`));
        expect(shown(line.join(' '))).toBe(line.join(' '));
      }),
    );
  });

  test('can contain any text of any length', () => {
    const pieces = fc.constantFrom('[', ']', '<', '>', '|', '=', ' ', 'a', 'b1', '.', '\n', '☃');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (line) => {
        const { parameters } = readUsage(line.join(''));
        expect(parameters.length).toBeLessThanOrEqual(line.length);
      }),
    );
    expect(readUsage('['.repeat(200_000)).isComplete).toBe(false);
    expect(readUsage(`a${'.'.repeat(200_000)}`).parameters).toEqual([]);
    expect(readUsage(`${'a|'.repeat(100_000)}|`).parameters).toEqual([]);
    const many = Array.from({ length: 50_000 }, (_, index) => `p${index}`).join(' ');
    expect(readUsage(many).parameters).toHaveLength(50_000);
  });
});
