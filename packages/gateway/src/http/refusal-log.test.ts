import type { IncomingMessage } from 'node:http';
import { beforeEach, describe, expect, test } from 'vitest';
import { type OwnErrorName, Refusal } from '../refusals.ts';
import { TrustedProxies } from '../options/trusted-proxies.ts';
import { RefusalLog } from './refusal-log.ts';

function request(url: string, method = 'POST', headers = {}): IncomingMessage {
  return { url, method, headers, socket: { remoteAddress: '::1' } } as IncomingMessage;
}

function line(refusal: Refusal, url = '/v1/pay'): string {
  const lines: string[] = [];
  new RefusalLog((level, message) => lines.push(`${level}: ${message}`)).refused(
    refusal,
    request(url),
  );
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
}

const RUNE = 'C7BXgV6nEq_W2VLxvn5OQ21N-Ic1xrRE1v2538JLC_Y9NTA=';

describe('RefusalLog', () => {
  test('logs client, path, kind and code', () => {
    expect(line(Refusal.of('bad_json', { detail: 'x' }))).toBe(
      'debug: ::1 POST /v1/pay: 400 bad_json. Error code -32700: Body is not valid JSON: x',
    );
  });

  test.each([
    [['loopback'], '192.0.2.9, ::1', '192.0.2.9'],
    [['loopback', '10.0.0.0/8'], '203.0.113.1, 192.0.2.9, 10.1.1.1', '192.0.2.9'],
    // Only a trusted proxy can name another address, and only an address.
    [[], '192.0.2.9', '::1'],
    [['192.0.2.1'], '192.0.2.9', '::1'],
    [['loopback'], 'faked\n', '::1'],
    [['loopback'], undefined, '::1'],
  ])('with the proxies %j and X-Forwarded-For %j names %s', (proxies, forwarded, client) => {
    const lines: string[] = [];
    const log = new RefusalLog((_level, message) => lines.push(message), {
      proxies: TrustedProxies.of(proxies),
    });
    const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
    log.refused(Refusal.of('bad_json'), request('/v1/pay', 'POST', headers));
    expect(lines[0]).toMatch(new RegExp(`^${client} POST /v1/pay: 400`));
  });

  test('logs nothing secret that a client sent', () => {
    const refused = { code: 1502, message: `Not permitted: pnamex is not equal to ${RUNE}` };
    expect(line(Refusal.ofNode('rune_refused', refused), `/v1/${RUNE}?rune=${RUNE}`)).toBe(
      'info: ::1 POST /v1/(hidden): 401 rune_refused. Error code 1502: Not permitted: pnamex is not equal to (hidden)',
    );
    const failed = {
      code: -32602,
      message: `payment_preimage: invalid token '"${'ab'.repeat(32)}"'`,
    };
    expect(line(Refusal.ofNode('command_failed', failed))).toBe(
      'debug: ::1 POST /v1/pay: 500 command_failed. Error code -32602',
    );
  });

  test('shows no part of a rune that is split', () => {
    const cut = RUNE.replaceAll(/.{6}/g, '$&.');
    const refusal = Refusal.of('not_registered', { detail: `v1/${cut} has no http_method:PUT` });
    for (const url of [`/v1/${cut}`, `https://${cut}/v1/${cut}?rune=${RUNE}`]) {
      expect(line(refusal, url)).toMatch(/^debug: ::1 POST \/v1\/\(hidden\): 405 not_registered\./);
      expect(line(refusal, url)).not.toContain('C7BX');
    }
  });

  test('logs one line of ASCII of bounded length', () => {
    const odd = {
      code: 1502,
      message: `Not permitted: é\n\u001b[31m plugin-x: faked ${'a '.repeat(900)}`,
    };
    const logged = line(Refusal.ofNode('rune_refused', odd), '/v1/\u007f\r\nfaked');
    expect(logged).toMatch(/^[\x20-\x7e]*$/);
    expect(logged.length).toBeLessThan(500);
    expect(logged).toContain('Not permitted: ??');
  });

  test('logs the stack of an exception without its message', () => {
    const cause = new TypeError(`cannot read ${RUNE}`);
    const logged = line(Refusal.of('internal', { cause }));
    expect(logged).toContain(
      'broken: ::1 POST /v1/pay: 500 internal. Error code -32603: TypeError at ',
    );
    expect(logged).not.toContain('cannot read');
  });

  test('hides possible tokens and shows the other demands of a rune', () => {
    const why = (message: string) => line(Refusal.ofNode('rune_refused', { code: 1502, message }));
    const token = '0123456789abcdef0123456789abcdef';
    expect(why(`Not permitted: pnamelabel is not equal to ${token}`)).toMatch(
      / equal to \(hidden\)$/,
    );
    expect(why('Not permitted: pnamelabel is not equal to shop-17')).toMatch(/ equal to shop-17$/);
    expect(why('Not permitted: method is not equal to listclnrest-notifications')).toMatch(
      / equal to listclnrest-notifications$/,
    );
  });
});

describe('a flood', () => {
  const START = 1_000;
  let now: number;
  let lines: string[];
  let log: RefusalLog;
  beforeEach(() => {
    now = START;
    lines = [];
    log = new RefusalLog((level, message) => lines.push(`${level}: ${message}`), {
      now: () => now,
    });
  });
  const refuse = (kind: OwnErrorName) => log.refused(Refusal.of(kind), request('/v1/pay'));

  test('logs a hundred lines, then ten a second, including summaries', () => {
    for (let i = 0; i < 10_000; i++) refuse('missing_rune');
    expect(lines).toHaveLength(100);
    for (; now < START + 10_000; now++) refuse('missing_rune');
    const more = lines.slice(100);
    expect(more.length).toBeGreaterThan(95);
    expect(more.length).toBeLessThanOrEqual(100);
    expect(more[0]).toMatch(
      /^info: 1\d{4} more requests were refused, too many to log each: all of them 403 missing_rune$/,
    );
    const counts = lines.map((each) => Number(/: (\d+) more request/.exec(each)?.[1] ?? 1));
    // The last suppressed refusals are summarized with the next line.
    now += 60_000;
    refuse('missing_rune');
    counts.push(
      ...lines.slice(100 + more.length).map((each) => Number(/: (\d+) more/.exec(each)?.[1] ?? 1)),
    );
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10_000 + 10_000 + 1);
  });

  test('names the most frequent suppressed error, at the highest level', () => {
    for (let i = 0; i < 100; i++) refuse('path_not_found');
    for (let i = 0; i < 15; i++) refuse('missing_rune');
    refuse('bad_json');
    refuse('busy');
    now += 1_000;
    refuse('bad_json');
    expect(lines.slice(100)).toEqual([
      'unusual: 17 more requests were refused, too many to log each: 15 of them 403 missing_rune',
      expect.stringMatching(/^debug: ::1 POST \/v1\/pay: 400 bad_json/),
    ]);
  });

  test('with one suppressed refusal has a summary of one', () => {
    for (let i = 0; i < 101; i++) refuse('missing_rune');
    now += 1_000;
    refuse('missing_rune');
    expect(lines[100]).toBe(
      'info: 1 more request was refused, too many to log each: 403 missing_rune',
    );
  });
});
