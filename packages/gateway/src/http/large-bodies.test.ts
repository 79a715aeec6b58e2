import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, expect, test } from 'vitest';
import { LIMITS } from '../limits.ts';
import { MAX_MARKUP_BYTES } from '../parameters/limits.ts';
import { FakeNode } from '../testing/fake-node.ts';
import { testGateway } from '../testing/gateway.ts';
import { call, RawClient } from '../testing/http-client.ts';
import { RUNE } from '../testing/rune.ts';

/** As long as it may be, and wrong at its end only: it is read to there, and the node gets none of it. */
function filled(unit: string, bytes: number, before: string, after: string): string {
  return (
    before + unit.repeat(Math.floor((bytes - before.length - after.length) / unit.length)) + after
  );
}

const HOSTILE = [
  ['JSON', 'application/json', filled('\\/a', LIMITS.bodyBytes, '{"a":"', '"')],
  ['a form', 'application/x-www-form-urlencoded', filled('+', LIMITS.bodyBytes, 'a=', '&a=1')],
  ['YAML', 'application/yaml', filled('1,', MAX_MARKUP_BYTES, 'a: [', '!]')],
  ['XML', 'application/xml', filled('<a/>', MAX_MARKUP_BYTES, '<m>', '</x>')],
] as const;

describe('large bodies', () => {
  test.each(HOSTILE)(
    'of %s leave the event loop to others',
    async (_, type, body) => {
      const node = await FakeNode.start({ getinfo: (each) => each.result('{}') });
      const { url } = await testGateway({ node });
      const send = (): Promise<number> =>
        call(url, 'm', body, { 'content-type': type }).then(({ status }) => status);
      // The thread's program is built for the first one, in tests only.
      expect(await send()).toBe(400);

      const delay = monitorEventLoopDelay({ resolution: 5 });
      delay.enable();
      const progress = { answered: 0, isDone: false };
      const hostile = Promise.all(Array.from({ length: 8 }, send)).finally(() => {
        progress.isDone = true;
      });
      while (!progress.isDone) {
        expect((await call(url, 'getinfo')).status).toBe(201);
        progress.answered++;
      }
      delay.disable();
      expect(await hostile).toEqual(Array(8).fill(400));
      // Most of it is what other programs take on a busy machine: on an idle one it is 30 ms. Parsed on
      // the event loop, the eight take several seconds.
      expect(delay.max / 1e6).toBeLessThan(1_500);
      // Parsed on the event loop, the eight leave room for fewer answers than there are bodies.
      expect(progress.answered).toBeGreaterThan(16);
    },
    60_000,
  );

  test('reach the judge and the command as one text', async () => {
    const node = await FakeNode.start({ datastore: (each) => each.result('{}') });
    const { url } = await testGateway({ node });
    const answer = await call(url, 'datastore', `{"string" : "${'\\u00e9'.repeat(100_000)}"}`);
    expect(answer.status).toBe(201);
    const expected = `{"string":"${'é'.repeat(100_000)}"}`;
    expect(node.paramsOf('datastore')[0] === expected).toBe(true);
    expect(node.paramsOf('checkrune')[0]?.endsWith(`"params":${expected}}`)).toBe(true);
  });

  test('are given up when their callers leave, and others go on', async () => {
    const node = await FakeNode.start({ datastore: (each) => each.result('{}') });
    const { url, port } = await testGateway({ node });
    const body = `{"string":"${'a'.repeat(1_000_000)}"}`;
    const clients = await Promise.all(Array.from({ length: 4 }, () => RawClient.connect(port)));
    for (const client of clients) {
      client.write(
        `POST /v1/datastore HTTP/1.1\r\nHost: x\r\nRune: ${RUNE}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
    }
    // Whole bodies: they are being parsed, or wait for it.
    await Promise.all(
      clients.map((client) => new Promise((resolve) => client.socket.write('', resolve))),
    );
    for (const client of clients) client.socket.destroy();
    expect((await call(url, 'datastore', body)).status).toBe(201);
  });

  test('that grow beyond the limit as JSON are refused', async () => {
    const { url, node } = await testGateway();
    const body = filled('\x01', LIMITS.bodyBytes, 'a=', '');
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await call(url, 'm', body, headers)).status).toBe(413);
    expect(node.calls).toEqual([]);
  });
});
