import { describe, expect, test } from 'vitest';
import { checkClock } from './clock.ts';
import { runDoctor } from './testing/run-doctor.ts';
import { startGateway, LIST, RUNE } from './testing/gateway.ts';

const NOW = Date.parse('2026-11-20T17:15:00Z');

/** Returns a response after two seconds, from a clock that is the given number of seconds ahead. */
function response(ahead: number, more: Readonly<Record<string, string>> = {}) {
  const date = new Date(NOW + ahead * 1_000).toUTCString();
  return {
    status: 200,
    headers: { date, ...more },
    sentAt: NOW - 1_000,
    answeredAt: NOW + 1_000,
  };
}

test.each([
  [0, 'clock_right', "agrees with this machine's"],
  [9, 'clock_right', "agrees with this machine's"],
  [-10, 'clock_right', "agrees with this machine's"],
  [11, 'clock_differs', "12 seconds ahead of this machine's"],
  [-60, 'clock_differs', "60 seconds behind this machine's"],
  [-3_000, 'clock_differs', "50 minutes behind this machine's"],
  [3_600, 'clock_wrong', "60 minutes ahead of this machine's"],
  [-86_400, 'clock_wrong', "24 hours behind this machine's"],
  [86_400 * 400, 'clock_wrong', "400 days ahead of this machine's"],
])('a clock that is %i seconds ahead', (ahead, code, found) => {
  expect(checkClock(response(ahead))).toMatchObject({ code, found });
});

test('is skipped if the response has no date', () => {
  expect(checkClock(undefined).code).toBe('left_out');
  for (const headers of [{ date: '' }, { date: 'soon' }, { age: '10' }]) {
    expect(checkClock(response(900, headers)).code).toBe('left_out');
  }
});

describe('a rune', () => {
  const time = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;

  test("expires by the node's clock, not by this machine's", async () => {
    const { Restriction, Rune } = await import('@clnrest/runes');
    const until = (seconds: number) =>
      Rune.fromBase64(RUNE)
        .restrictAll([Restriction.of('method=getinfo'), Restriction.of(`time<${time(seconds)}`)])
        .toBase64();
    const { url } = await startGateway({
      'GET /v1/list-methods': (_, response) => {
        const date = new Date(Date.now() + 7_200_000).toUTCString();
        response.writeHead(200, { 'content-type': 'application/json', date }).end(LIST);
      },
    });
    const found = async (rune: string) => {
      const all = await runDoctor(url, { rune });
      return [all.get('clock')?.code, all.get('rune')?.code, all.get('node')?.code];
    };
    expect(await found(until(3_600))).toEqual(['clock_wrong', 'rune_expired', 'left_out']);
    expect(await found(until(10_800))).toEqual(['clock_wrong', 'rune_read', 'rune_known']);
  });
});
