import { CommandoClient } from '@clnrest/commando';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CommandoNode, startCommandoNode } from '../support/commando-node.ts';
import { realPrograms } from '../support/real-node.ts';

/** A sandbox and a real node command each other. */
describe.skipIf('missing' in realPrograms())('a sandbox and lightningd', () => {
  let sandbox: CommandoNode;
  let real: CommandoNode;

  beforeAll(async () => {
    sandbox = await startCommandoNode('sandbox');
    real = await startCommandoNode('lightningd');
    await sandbox.rpc.call('connect', { id: real.tcp });
  });
  afterAll(async () => {
    await sandbox.stop();
    await real.stop();
  });

  test.each([
    ['the sandbox commands lightningd', () => [sandbox, real] as const],
    ['lightningd commands the sandbox', () => [real, sandbox] as const],
  ])('%s', async (_, nodes) => {
    const [from, to] = nodes();
    const rune = await to.rune([`id=${from.id}`]);
    const command = (method: string, params: object = {}) =>
      from.rpc.call<object>('commando', { peer_id: to.id, method, params, rune });
    expect(await command('getinfo')).toMatchObject({ id: to.id });
    const { peers } = (await command('listpeers', [from.id])) as { peers: object[] };
    expect(peers).toMatchObject([
      { id: from.id, connected: true, num_channels: 0, features: '800898880a8a59a1' },
    ]);
    await expect(command('nosuch')).rejects.toMatchObject({
      code: -32601,
      message: "Unknown command 'nosuch'",
    });
    const narrow = await to.rune(['method=getinfo']);
    const refused = from.rpc.call<object>('commando', {
      peer_id: to.id,
      method: 'listpeers',
      rune: narrow,
    });
    await expect(refused).rejects.toMatchObject({
      code: 19_537,
      message: 'Invalid rune: Not permitted: method is not equal to getinfo',
    });
    expect(await from.rpc.call<object>('ping', { id: to.id, pongbytes: 9 })).toEqual({
      totlen: 13,
    });
  });

  test('lightningd ignores a command of more than 1 MiB, and goes on', async () => {
    const client = new CommandoClient({ address: real.tcp, rune: await real.rune() });
    const tooLong = { description: 'x'.repeat(1_100_000) };
    await expect(client.call<object>('invoice', tooLong)).rejects.toMatchObject({
      code: 'invalid_request',
      mayHaveRun: false,
    });
    expect((await client.call('getinfo')).id).toBe(real.id);
    client.close();
  });
});
