import { request } from 'node:http';
import { Master } from '@clnrest/runes';
import { describe, expect, test } from 'vitest';
import { useNode } from '../support/use-node.ts';

const node = useNode('--rest-protocol=http');

interface Outcome {
  readonly status: number;
  /** Whether the server asked for the body. */
  readonly continued: boolean;
  readonly code: unknown;
}

/** Announces a body, and sends it if it is asked for. */
function announce(rune: string): Promise<Outcome> {
  const body = '{"level":"debug"}';
  let continued = false;
  return new Promise((resolve, reject) => {
    const asking = request(`${node().url}/v1/getlog`, {
      method: 'POST',
      agent: false,
      headers: { rune, expect: '100-continue', 'content-length': body.length },
    });
    asking.once('error', reject).once('continue', () => {
      continued = true;
      asking.end(body);
    });
    asking.once('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      answer.once('end', () => {
        const { code } = JSON.parse(text) as { readonly code?: unknown };
        resolve({ status: answer.statusCode ?? 0, continued, code });
        asking.destroy();
      });
    });
    asking.flushHeaders();
  });
}

/** What the node says of a rune. */
async function codeOfNode(rune: string): Promise<unknown> {
  return node()
    .rpc.call('checkrune', { rune })
    .then(
      () => undefined,
      (error: unknown) => (error as { readonly code?: unknown }).code,
    );
}

describe('with the secret and the blacklist of the node, the gateway requests a body', () => {
  test('for a genuine rune', async () => {
    const rune = await node().rune(['method=getinfo']);
    expect(await announce(rune)).toEqual({ status: 401, continued: true, code: 1502 });
  });

  test('but not for a foreign rune', async () => {
    const rune = new Master(new Uint8Array(32).fill(7)).create('0').toBase64();
    expect(await announce(rune)).toEqual({ status: 401, continued: false, code: 1501 });
    expect(await codeOfNode(rune)).toBe(1501);
  });

  test('and not for a blacklisted rune, until the rune is relisted', async () => {
    const rune = await node().rune(['method=getinfo']);
    const { unique_id } = await node().rpc.call<{ unique_id: string }>('decode', { string: rune });
    const start = Number(unique_id);
    await node().rpc.call('blacklistrune', { start });
    await expect
      .poll(() => announce(rune), { timeout: 5_000 })
      .toEqual({ status: 401, continued: false, code: 1503 });
    expect(await codeOfNode(rune)).toBe(1503);
    await node().rpc.call('blacklistrune', { start, end: start, relist: true });
    await expect
      .poll(() => announce(rune), { timeout: 5_000 })
      .toEqual({ status: 401, continued: true, code: 1502 });
  });

  test('and the log never contains the secret', async () => {
    const { secret } = await node().rpc.call<{ secret: string }>('makesecret', {
      string: 'commando',
    });
    expect(node().log.join('\n')).not.toContain(secret);
  });
});
