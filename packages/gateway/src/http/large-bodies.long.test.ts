import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, expect, test } from 'vitest';
import { RUNE } from '@clnrest/testing';
import { FakeNode } from '@clnrest/testing/fake-node';
import { call, RawClient } from '@clnrest/testing/http-client';
import { LIMITS } from '../limits.ts';
import { MAX_MARKUP_BYTES } from '../parameters/limits.ts';
import { testGateway } from '../testing/gateway.ts';

/** Bodies of the maximum size with an error at the end: the parser reads all of it, and the node gets nothing. */
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
    'of %s do not block the event loop',
    async (_, type, body) => {
      const node = await FakeNode.start({ getinfo: (each) => each.result('{}') });
      const { url } = await testGateway({ node });
      const send = (): Promise<number> =>
        call(url, 'm', body, { 'content-type': type }).then(({ status }) => status);
      // In tests, the first body builds the thread's program.
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
      // On an idle machine it is 30 ms. Other programs take the rest on a busy one. Parsed on the event loop,
      // the eight bodies would take several seconds.
      expect(delay.max / 1e6).toBeLessThan(1_500);
      // If the bodies were parsed on the event loop, there would be fewer than eight responses.
      expect(progress.answered).toBeGreaterThan(16);
    },
    60_000,
  );

  test('reach checkrune and the command as the same text', async () => {
    const node = await FakeNode.start({ datastore: (each) => each.result('{}') });
    const { url } = await testGateway({ node });
    const answer = await call(url, 'datastore', `{"string" : "${'\\u00e9'.repeat(100_000)}"}`);
    expect(answer.status).toBe(201);
    const expected = `{"string":"${'é'.repeat(100_000)}"}`;
    expect(node.paramsOf('datastore')[0] === expected).toBe(true);
    expect(node.paramsOf('checkrune')[0]?.endsWith(`"params":${expected}}`)).toBe(true);
  });

  test('are canceled when their clients disconnect, and others continue', async () => {
    const node = await FakeNode.start({ datastore: (each) => each.result('{}') });
    const { url, port } = await testGateway({ node });
    const body = `{"string":"${'a'.repeat(1_000_000)}"}`;
    const clients = await Promise.all(Array.from({ length: 4 }, () => RawClient.connect(port)));
    for (const client of clients) {
      client.write(
        `POST /v1/datastore HTTP/1.1\r\nHost: x\r\nRune: ${RUNE}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
    }
    // Complete bodies: they are being parsed or wait for the parser.
    await Promise.all(
      clients.map((client) => new Promise((resolve) => client.socket.write('', resolve))),
    );
    for (const client of clients) client.socket.destroy();
    expect((await call(url, 'datastore', body)).status).toBe(201);
  });

  test('that exceed the limit as JSON are refused', async () => {
    const { url, node } = await testGateway();
    const body = filled('\x01', LIMITS.bodyBytes, 'a=', '');
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await call(url, 'm', body, headers)).status).toBe(413);
    expect(node.calls).toEqual([]);
  });
});
