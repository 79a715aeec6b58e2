import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../errors.ts';
import { RefusalLog } from './refusal-log.ts';

function request(url: string, method = 'POST'): IncomingMessage {
  return { url, method, socket: { remoteAddress: '::1' } } as IncomingMessage;
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
  test('names caller, path, kind and code', () => {
    expect(line(Refusal.of('bad_json', { detail: 'x' }))).toBe(
      'debug: ::1 POST /v1/pay: 400 bad_json. Error code -32700: Body is not valid JSON: x',
    );
  });

  test('repeats nothing that a caller may have wanted to keep', () => {
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

  test('keeps to one line of ASCII, and not a long one', () => {
    const odd = {
      code: 1502,
      message: `Not permitted: é\n\u001b[31m plugin-x: faked ${'a '.repeat(900)}`,
    };
    const logged = line(Refusal.ofNode('rune_refused', odd), '/v1/\u007f\r\nfaked');
    expect(logged).toMatch(/^[\x20-\x7e]*$/);
    expect(logged.length).toBeLessThan(500);
    expect(logged).toContain('Not permitted: ??');
  });

  test('tells where a bug is, and not what it said', () => {
    const cause = new TypeError(`cannot read ${RUNE}`);
    const logged = line(Refusal.of('internal', { cause }));
    expect(logged).toContain(
      'broken: ::1 POST /v1/pay: 500 internal. Error code -32603: TypeError at ',
    );
    expect(logged).not.toContain('cannot read');
  });

  test('a flood gives few lines, and a count of the others', () => {
    let now = 0;
    const lines: string[] = [];
    const log = new RefusalLog(
      (_level, message) => lines.push(message),
      () => now,
    );
    const refuse = () => log.refused(Refusal.of('missing_rune'), request('/v1/pay'));
    for (let i = 0; i < 10_000; i++) refuse();
    expect(lines).toHaveLength(100);
    now += 1_000;
    for (let i = 0; i < 10_000; i++) refuse();
    expect(lines).toHaveLength(111);
    expect(lines[100]).toBe('9900 more requests were refused, too many to log each');
    now += 60_000;
    refuse();
    expect(lines.slice(-2)[0]).toBe('9990 more requests were refused, too many to log each');
  });
});
