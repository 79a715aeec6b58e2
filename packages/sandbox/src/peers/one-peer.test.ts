import { readFileSync } from 'node:fs';
import { CommandoClient } from '@clnrest/commando';
import { freePort } from '@clnrest/testing';
import { expect, test } from 'vitest';
import { SocketClient } from '../testing/socket-client.ts';
import { temporarySandbox } from '../testing/temporary-sandbox.ts';
import { ManualClock } from '../testing/manual-clock.ts';

/** The example of createrune's manual: a rune which lets a specific peer run listpeers on themselves. */
test('a rune for one peer works from its first line to its last, between two nodes', async () => {
  const clock = new ManualClock(1_800_000_000_000_000_000n);
  const port = await freePort();
  const first = await temporarySandbox({ clock, args: [`--bind-addr=127.0.0.1:${port}`] });
  const second = await temporarySandbox();
  const [one, two] = [
    await SocketClient.connect(first.rpcPath),
    await SocketClient.connect(second.rpcPath),
  ];
  const id = second.id;
  const created = async (params: object): Promise<string> => {
    const { result, error } = await one.call('createrune', params);
    expect(error).toBeUndefined();
    return (result as { rune: string }).rune;
  };
  const command = async (rune: string, params: unknown = [id], method = 'listpeers') =>
    two.call('commando', { peer_id: first.id, method, params, rune });

  const whole = [['id=' + id], ['method=listpeers'], ['pnum=1'], [`pnameid=${id}`, `parr0=${id}`]];
  const rune = await created({ restrictions: whole });
  expect((await two.call('connect', { id: `${first.id}@127.0.0.1:${port}` })).error).toBe(
    undefined,
  );
  const listed = { peers: [{ id, connected: true, num_channels: 0 }] };
  // By position and by name.
  expect((await command(rune)).result).toMatchObject(listed);
  expect((await command(rune, { id })).result).toMatchObject(listed);

  // The shorter form, of which only the first bytes are compared.
  const start = id.slice(0, 20);
  const shorter = await created({
    restrictions: [...whole.slice(0, 3), [`pnameid^${start}`, `parr0^${start}`]],
  });
  expect((await command(shorter)).result).toMatchObject(listed);

  // For 24 hours, and twice a minute.
  const until = 1_800_000_000 + 24 * 60 * 60;
  const last = await created({ rune: shorter, restrictions: [[`time<${until}`], ['rate=2']] });
  const refusalOf = async (...call: Parameters<typeof command>) => (await command(...call)).error;
  const refused = (reason: string) => ({ code: 19_537, message: `Invalid rune: ${reason}` });
  expect(await refusalOf(last)).toEqual(refused('Not permitted: too soon'));
  clock.advance(30_000);
  expect((await command(last)).result).toMatchObject(listed);
  expect(await refusalOf(last)).toEqual(refused('Not permitted: too soon'));
  clock.advance(25 * 60 * 60 * 1_000);
  expect(await refusalOf(last)).toEqual(
    refused(`Not permitted: time is greater or equal to ${until}`),
  );
  const { result } = await one.call('decode', { string: last });
  expect(result).toMatchObject({ type: 'rune', valid: true });
  expect(JSON.stringify(result)).toContain('rate (max per minute) equal to 2');

  // Anything else is refused: other commands, other parameters, and other peers.
  expect(await refusalOf(rune, [id], 'getinfo')).toEqual(
    refused('Not permitted: method is not equal to listpeers'),
  );
  expect(await refusalOf(rune, [])).toEqual(
    refused('Not permitted: number of parameters is not equal to 1'),
  );
  expect(await refusalOf(rune, [first.id])).toEqual(
    refused(`Not permitted: parameter id not present AND parr0 is not equal to ${id}`),
  );
  const other = new CommandoClient({ address: `${first.id}@127.0.0.1:${port}`, rune });
  await expect(other.call('listpeers', { id })).rejects.toMatchObject({
    code: 'rune_not_permitted',
    message: `Invalid rune: Not permitted: id is not equal to ${id}`,
  });
});

test('the guide shows the same restrictions', () => {
  const guide = readFileSync(
    new URL('../../../../docs/guide/remote-peers.md', import.meta.url),
    'utf8',
  );
  const text = /restrictions='(.*)' \|/.exec(guide)?.[1]?.replaceAll("'$ID2'", 'ID') ?? '';
  expect(JSON.parse(text)).toEqual([
    ['id=ID'],
    ['method=listpeers'],
    ['pnum=1'],
    ['pnameid=ID', 'parr0=ID'],
  ]);
});
