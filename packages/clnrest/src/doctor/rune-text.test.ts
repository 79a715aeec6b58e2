import { Restriction, Rune } from '@clnrest/runes';
import { describe, expect, test } from 'vitest';
import { checkRuneText } from './rune-text.ts';
import { RUNE } from './testing/gateway.ts';

const NOW = new Date('2026-11-20T17:15:00Z');
const METHODS = ['getinfo', 'invoice', 'listfunds', 'listpeers', 'pay', 'stop'];

const restricted = (...restrictions: readonly (readonly string[])[]): string =>
  Rune.fromBase64(RUNE)
    .restrictAll(restrictions.map((alternatives) => Restriction.of(...alternatives)))
    .toBase64();
const read = (text: string | undefined, methods: readonly string[] = METHODS) =>
  checkRuneText(text, methods, NOW).finding;

describe('a rune that allows', () => {
  test.each<[string, string[][], string, string, unknown[]]>([
    [
      'one command',
      [['method=invoice']],
      'rune_read',
      'rune 0 allows invoice if all of these hold:',
      ["the command is 'invoice'"],
    ],
    [
      'some commands, with parameters and a rate limit',
      [['method^list', 'method=invoice'], ['pnameid=02aa', 'method=invoice'], ['rate=2']],
      'rune_read',
      'rune 0 allows invoice, listfunds, listpeers if all of these hold:',
      [
        "the command starts with 'list', or the command is 'invoice'",
        "the parameter named 'id' is '02aa', or the command is 'invoice'",
        'at most once every 30 seconds, in total for all runes with id 0',
      ],
    ],
    [
      'every command for a while',
      [['time<2000000000']],
      'rune_doubtful',
      'rune 0 allows every command if all of these hold:',
      [
        'until 2033-05-18 03:33:20 UTC',
        expect.stringMatching(/^danger: no restriction is on the command; /),
      ],
    ],
    [
      'spending without a limit',
      [['method=pay', 'method=getinfo']],
      'rune_doubtful',
      'rune 0 allows getinfo, pay if all of these hold:',
      [
        "the command is 'pay', or the command is 'getinfo'",
        expect.stringMatching(/^danger: 'pay' has no limit on the amount; /),
      ],
    ],
    [
      'a command with another name',
      [['method=list_funds', 'method=getinfo']],
      'rune_doubtful',
      'rune 0 allows getinfo if all of these hold:',
      [
        "the command is 'list_funds', or the command is 'getinfo'",
        "mistake: no command is named 'list_funds'; did you mean 'listfunds'?",
      ],
    ],
    [
      'only subscriptions',
      [['method=listclnrest-notifications'], ['rate=60']],
      'rune_read',
      'rune 0 allows only subscriptions to notifications, if all of these hold:',
      [
        "the command is 'listclnrest-notifications'",
        'at most once every second, in total for all runes with id 0',
      ],
    ],
    [
      'everything',
      [],
      'rune_unrestricted',
      'rune 0 allows every command: anyone who has it can spend all funds of the node',
      [],
    ],
    [
      'nothing because it has expired',
      [['method=pay'], ['time<1700000000']],
      'rune_expired',
      'rune 0 allows pay if all of these hold:',
      [
        "the command is 'pay'",
        'until 2023-11-14 22:13:20 UTC (expired)',
        'mistake: no call passes: the time limit has expired; create another rune with a later time',
      ],
    ],
  ])('%s', (_, restrictions, code, found, details) => {
    expect(read(restricted(...restrictions))).toMatchObject({ code, found, details });
  });

  test('nothing', () => {
    const found = read(restricted(['method=pay'], ['method=xpay']));
    expect(found.code).toBe('rune_useless');
    expect(found.found).toContain('allows none');
    const ofPeers = read(restricted(['id=02aa', 'id=02bb'], ['method=getinfo']));
    expect(ofPeers.code).toBe('rune_useless');
    expect(ofPeers.remedy).toContain('without the restriction on id');
    expect(ofPeers.details.at(-1)).toMatch(/^hint: .*REST/);
    expect(read(restricted(['method=of-a-plugin']))).toMatchObject({
      code: 'rune_doubtful',
      remedy: 'check that the plugin whose commands the rune allows is running',
    });
  });

  test('more than it seems to', () => {
    expect(read(restricted(['method=pay'], ['method/pay', 'method/xpay'])).code).toBe(
      'rune_doubtful',
    );
  });

  test('unknown commands', () => {
    expect(read(restricted(['method=pay']), []).found).toBe(
      'rune 0 allows a call if all of these hold:',
    );
  });

  test('many commands', () => {
    const methods = Array.from({ length: 2_000 }, (_, i) => `list${i}`);
    expect(read(restricted(['method^list1']), methods).found).toBe(
      'rune 0 allows list1, list10, list11, list12, list13, list14, list15, list16 and 1103 more if all of these hold:',
    );
  });
});

describe('a malformed rune', () => {
  test.each<[string, string, string]>([
    ['a response', `{"rune":"${RUNE}"}`, 'the whole response of createrune'],
    ['quoted', `"${RUNE}"`, 'remove the quotes'],
    ['percent-encoded', encodeURIComponent(RUNE), 'percent-encoded'],
    ["decode's text", Rune.fromBase64(RUNE).toString(), 'the form that decode prints'],
    ['a macaroon', `0201036c6e64${'02f80103'.repeat(9)}`, 'a macaroon'],
    [
      'without a numeric id',
      'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABhPTE=',
      'check that the whole rune was copied',
    ],
    ['a link', `clnrest+https://x:1?rune=${RUNE}`, 'a pairing link'],
    ['in plain base64', RUNE.replace('h', '+'), 'in place of + and /'],
    ['wrapped', RUNE.replace('h', '\n'), 'white space'],
    ['truncated', RUNE.slice(0, 40), 'check that the whole rune was copied'],
    ['a word', 'rune', 'check that the whole rune was copied'],
  ])('%s', (_, text, hint) => {
    const found = read(` ${text}\n`);
    expect(found.code).toBe('rune_malformed');
    expect(found.remedy).toContain(hint);
    expect(JSON.stringify(found)).not.toContain(RUNE.slice(2, 20));
  });

  test('is missing if empty', () => {
    for (const text of [undefined, '', ' \n']) expect(read(text).code).toBe('rune_missing');
  });
});
