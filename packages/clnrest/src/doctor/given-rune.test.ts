import { Restriction, Rune } from '@clnrest/runes';
import { describe, expect, test } from 'vitest';
import { readGivenRune } from './given-rune.ts';
import { RUNE } from './testing/gateway.ts';

const NOW = new Date('2026-11-20T17:15:00Z');
const METHODS = ['getinfo', 'invoice', 'listfunds', 'listpeers', 'pay', 'stop'];

const restricted = (...restrictions: readonly (readonly string[])[]): string =>
  Rune.fromBase64(RUNE)
    .restrictAll(restrictions.map((alternatives) => Restriction.of(...alternatives)))
    .toBase64();
const read = (text: string | undefined, methods: readonly string[] = METHODS) =>
  readGivenRune(text, methods, NOW).finding;

describe('a rune in words', () => {
  test.each<[string, string[][], string, string, string[]]>([
    [
      'one command',
      [['method=invoice']],
      'rune_read',
      'rune 0 allows invoice if all of these hold:',
      ["the command is 'invoice'"],
    ],
    [
      'some commands, with parameters and a pace',
      [['method^list', 'method=pay'], ['pnameid=02aa', 'method=pay'], ['rate=2']],
      'rune_read',
      'rune 0 allows listfunds, listpeers, pay if all of these hold:',
      [
        "the command starts with 'list', or the command is 'pay'",
        "the parameter named 'id' is '02aa', or the command is 'pay'",
        'at most once every 30 seconds, counted over all runes with id 0',
      ],
    ],
    [
      'every command for a while',
      [['time<2000000000']],
      'rune_read',
      'rune 0 allows every command if all of these hold:',
      ['until 2033-05-18 03:33:20 UTC'],
    ],
    [
      'listening alone',
      [['method=listclnrest-notifications'], ['rate=60']],
      'rune_read',
      'rune 0 allows to listen to what the node tells, and nothing else, if all of these hold:',
      [
        "the command is 'listclnrest-notifications'",
        'at most once every second, counted over all runes with id 0',
      ],
    ],
    [
      'everything',
      [],
      'rune_unrestricted',
      'rune 0 allows everything: who has it can empty the node',
      [],
    ],
    [
      'what is past',
      [['method=pay'], ['time<1700000000']],
      'rune_expired',
      'rune 0 allows pay if all of these hold:',
      [
        "the command is 'pay'",
        'until 2023-11-14 22:13:20 UTC, which is past: it has expired',
        'mistake: nothing passes: that time is past: it has expired',
      ],
    ],
  ])('%s', (_, restrictions, code, found, details) => {
    expect(read(restricted(...restrictions))).toMatchObject({ code, found, details });
  });

  test('that can not be used at all', () => {
    const found = read(restricted(['method=pay'], ['method=xpay']));
    expect(found.code).toBe('rune_useless');
    expect(found.found).toContain('allows none');
    const ofPeers = read(restricted(['id=02aa', 'id=02bb'], ['method=getinfo']));
    expect(ofPeers.code).toBe('rune_useless');
    expect(ofPeers.remedy).toContain('without id');
    expect(ofPeers.details.at(-1)).toMatch(/^hint: .*REST/);
    expect(read(restricted(['method=of-a-plugin']))).toMatchObject({
      code: 'rune_doubtful',
      remedy: 'does the plugin run whose commands it is for?',
    });
  });

  test('that allows more than it seems to', () => {
    expect(read(restricted(['method=pay'], ['method/pay', 'method/xpay'])).code).toBe(
      'rune_doubtful',
    );
  });

  test('of a node whose commands are not known', () => {
    expect(read(restricted(['method=pay']), []).found).toBe(
      'rune 0 allows a call if all of these hold:',
    );
  });

  test('that allows very many', () => {
    const methods = Array.from({ length: 2_000 }, (_, i) => `list${i}`);
    expect(read(restricted(['method^list1']), methods).found).toBe(
      'rune 0 allows list1, list10, list11, list12, list13, list14, list15, list16 and 1103 more if all of these hold:',
    );
  });
});

describe('what is no rune', () => {
  test.each<[string, string, string]>([
    ['an answer', `{"rune":"${RUNE}"}`, 'the whole answer of createrune'],
    ['quoted', `"${RUNE}"`, 'leave out the quotes'],
    ['percent-encoded', encodeURIComponent(RUNE), 'percent-encoded'],
    ["decode's text", Rune.fromBase64(RUNE).toString(), 'the form that decode prints'],
    ['a macaroon', `0201036c6e64${'02f80103'.repeat(9)}`, 'a macaroon'],
    ['of no node', 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABhPTE=', 'was all of it copied?'],
    ['a link', `clnrest+https://x:1?rune=${RUNE}`, 'a pairing link'],
    ['of another alphabet', RUNE.replace('h', '+'), 'in place of + and /'],
    ['broken', RUNE.replace('h', '\n'), 'white space in the middle'],
    ['cut', RUNE.slice(0, 40), 'was all of it copied?'],
    ['a word', 'rune', 'was all of it copied?'],
  ])('%s', (_, text, hint) => {
    const found = read(` ${text}\n`);
    expect(found.code).toBe('rune_malformed');
    expect(found.remedy).toContain(hint);
    expect(JSON.stringify(found)).not.toContain(RUNE.slice(2, 20));
  });

  test('nothing', () => {
    for (const text of [undefined, '', ' \n']) expect(read(text).code).toBe('rune_missing');
  });
});
