import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { envelope } from '@clnrest/testing/serve';
import { ERROR_KINDS } from './errors.ts';
import { errorFromEvent, errorFromResponse, readEnvelope } from './response-error.ts';

const RUNE = 'KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==';

describe('an error response', () => {
  test.each([
    [403, 1501, 'Not authorized: Missing rune', 'rune_missing', false],
    [401, 1501, 'Not authorized: Not derived from master', 'rune_not_authorized', false],
    [401, -32602, 'rune: should be base64 string', 'rune_not_authorized', false],
    [401, 1502, 'Not permitted: method is not equal to getinfo', 'rune_not_permitted', false],
    [401, 1502, 'Not permitted: method is not equal to too soon', 'rune_not_permitted', false],
    [401, 1502, 'Not permitted: too soon', 'too_soon', false],
    [401, 1502, 'Not permitted: method is not equal to x AND too soon', 'too_soon', false],
    [401, 1503, 'Not authorized: Blacklisted rune', 'rune_blacklisted', false],
    // The command checkrune, called over REST, fails with this about another rune.
    [500, 1502, 'Not permitted: too soon', 'command_failed', true],
    [404, -32601, "Unknown command 'x'", 'unknown_command', false],
    [500, 900, 'Duplicate label', 'command_failed', true],
    [500, -32602, 'missing required parameter: label', 'command_failed', false],
    [400, -32700, 'Body is not valid JSON', 'request_refused', false],
    [502, -32000, 'The node cannot be reached', 'node_away', false],
    [
      503,
      -32000,
      'The node cannot be reached now. Nothing has run: try again later',
      'node_away',
      false,
    ],
    [
      502,
      -32000,
      'The connection to the node broke: whether the command ran is unknown',
      'node_away',
      true,
    ],
    [503, -32001, 'Too many requests at once: commands', 'busy', false],
    [503, -32001, 'The gateway is stopping', 'busy', true],
    [504, -32002, 'The node does not answer', 'node_silent', false],
  ])('%d %d %s', (status, nodeCode, message, code, mayHaveRun) => {
    expect(errorFromResponse(status, envelope(nodeCode, message), RUNE)).toMatchObject({
      code,
      status,
      nodeCode,
      message,
      mayHaveRun,
    });
  });

  test('names an unknown parameter without a hint for users of lightning-cli', () => {
    const hint =
      ', this may be caused by a failure to autodetect key=value-style parameters. Please try using the -k flag and explicit key=value pairs of parameters.';
    const text = envelope(-32602, `unknown parameter: lable${hint}`);
    expect(errorFromResponse(500, text, RUNE).message).toBe('unknown parameter: lable');
  });

  test.each([
    [502, 'node_away'],
    [503, 'busy'],
    [429, 'busy'],
    [504, 'node_silent'],
    [500, 'malformed_answer'],
    [401, 'malformed_answer'],
    [404, 'malformed_answer'],
  ])('%d from a proxy, without an envelope', (status, code) => {
    for (const text of ['<html>502</html>', '', '{}', '[]', 'null', '{"code":"x","message":1}']) {
      expect(errorFromResponse(status, text, RUNE)).toMatchObject({
        code,
        status,
        mayHaveRun: true,
      });
    }
  });

  test('is read from both forms, with exact numbers in its data', () => {
    const data = '{"attempts":[9007199254740993, 1.10]}';
    const flat = `{"code":-5,"message":"m","data":${data}}`;
    for (const text of [flat, `{"error":${flat}}`, ` { "error" : ${flat} , "code":1 } `]) {
      expect(readEnvelope(text)).toEqual({ code: -5, message: 'm', dataText: data });
    }
    const error = errorFromResponse(500, flat, RUNE);
    expect(error.dataText).toBe(data);
    expect(error.data).toEqual({ attempts: [9007199254740993n, 1.1] });
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ code: 'command_failed' });
  });

  test('hides the rune, which the node quotes if it cannot read it', () => {
    const text = envelope(-32602, `rune: should be base64 string: invalid token '"${RUNE}"'`);
    expect(errorFromResponse(401, text, RUNE).message).toMatch(/invalid token '"\(hidden\)"'$/);
  });

  test('in the middle of a stream is about the rune or transient', () => {
    const refused = envelope(1503, 'Not authorized: Blacklisted rune');
    expect(errorFromEvent(refused, RUNE).code).toBe('rune_blacklisted');
    expect(errorFromEvent(envelope(-32001, 'The gateway is stopping'), RUNE).code).toBe('busy');
    expect(errorFromEvent('?', RUNE).code).toBe('connection_failed');
  });
});

describe("the gateway's own errors", () => {
  const page = new URL('../../../docs/reference/errors.md', import.meta.url);
  const rows = readFileSync(page, 'utf8')
    .split(/^## (?=\d{3} )/m)
    .slice(1)
    .flatMap((section) =>
      [...section.matchAll(/^- .*: code (-?\d+), `(.*?)`\. (.*)$/gm)].map(
        ([, code, message, when]) => ({ status: section.slice(0, 3), code, message, when }),
      ),
    );

  test.each(rows)('$status $message', ({ status, code, message = '', when = '' }) => {
    const error = errorFromResponse(Number(status), envelope(Number(code), message), RUNE);
    expect(error.code).not.toBe('malformed_answer');
    if (when.includes('Nothing has run') || Number(status) < 500) {
      expect(error.mayHaveRun).toBe(false);
    }
    if (message.includes('unknown') || message.includes('stopping') || error.nodeCode === -32603) {
      expect(error.mayHaveRun).toBe(true);
    }
  });

  test('are all read from the page', () => expect(rows.length).toBeGreaterThan(20));
});

test('the README lists every code, whether the command may have run, and what it means', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const rows = readme
    .split('\n')
    .filter((line) => /^\| `\w+` +\| (?:no|yes|maybe) /.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const written = rows.map(([, code, ran, means]) => [code, ran, means]);
  const kinds = Object.entries(ERROR_KINDS);
  expect(written).toEqual(kinds.map(([code, { ran, means }]) => [`\`${code}\``, ran, means]));
});
