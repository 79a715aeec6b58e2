import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import { buildProgram, runSandbox } from './testing/sandbox-process.ts';
import { SocketClient } from './testing/socket-client.ts';
import { temporarySandbox } from './testing/temporary-sandbox.ts';

describe('kill -9', () => {
  test('loses nothing that the node replied', async () => {
    const program = await buildProgram();
    const directory = temporaryDirectory();
    const args = [`--lightning-dir=${directory}`];
    /** What the replies confirm, by label or id. */
    const invoices = new Set<string>();
    const runes = new Set<string>();
    const uses = new Map<string, string>();

    for (let round = 0; round < 4; round++) {
      const sandbox = await runSandbox(program, args);
      const client = await SocketClient.connect(sandbox.firstLine);
      const { rune } = (await client.call('createrune')).result as { rune: string };
      runes.add(rune);
      // The node is killed while replies are on their way. Only the received ones count.
      const count = 2000;
      for (let i = 0; i < count; i++) {
        const label = `${round}-${i}`;
        client.write(
          `{"jsonrpc":"2.0","id":"invoice ${label}","method":"invoice","params":["any","${label}","d"]}` +
            `{"jsonrpc":"2.0","id":"rune ${label}","method":"createrune","params":[null,[["pnum=${i}"]]]}` +
            `{"jsonrpc":"2.0","id":"check ${label}","method":"checkrune","params":["${rune}"]}` +
            `{"jsonrpc":"2.0","id":"store ${label}","method":"datastore","params":["${label}","x"]}`,
        );
      }
      let killed: Promise<void> | undefined;
      let replies = 0;
      for (let text = await client.read(); text !== undefined; text = await client.read()) {
        const { id, result } = JSON.parse(text) as { id: string; result: { rune?: string } };
        const [kind, label = ''] = id.split(' ');
        if (kind === 'invoice' || kind === 'store') invoices.add(`${kind} ${label}`);
        if (kind === 'rune') runes.add(result.rune ?? '');
        if (kind === 'check') uses.set(rune, label);
        replies++;
        if (replies > 50 + round * 101) killed ??= sandbox.kill();
      }
      await killed;
      expect(replies).toBeLessThan(4 * count);
      expect(existsSync(sandbox.firstLine)).toBe(true);
    }
    expect(invoices.size).toBeGreaterThan(10);

    // The database is intact, and the stale socket is replaced.
    const { rpcPath } = await temporarySandbox({ directory });
    const client = await SocketClient.connect(rpcPath);
    const listed = (await client.call('listinvoices')).result as {
      invoices: { label: string; created_index: number }[];
    };
    const labels = new Set(listed.invoices.map(({ label }) => label));
    const stored = (await client.call('listdatastore')).result as {
      datastore: { key: string[] }[];
    };
    const keys = new Set(stored.datastore.map(({ key }) => key[0]));
    for (const confirmed of invoices) {
      const [kind, label = ''] = confirmed.split(' ');
      expect((kind === 'invoice' ? labels : keys).has(label), confirmed).toBe(true);
    }
    expect(new Set(listed.invoices.map((invoice) => invoice.created_index)).size).toBe(
      listed.invoices.length,
    );
    const shown = (await client.call('showrunes')).result as {
      runes: { rune: string; unique_id: string; last_used?: number }[];
    };
    const byText = new Map(shown.runes.map((rune) => [rune.rune, rune]));
    for (const rune of runes) expect(byText.has(rune)).toBe(true);
    for (const rune of uses.keys()) expect(byText.get(rune)?.last_used).toBeGreaterThan(0);
    expect(new Set(shown.runes.map((rune) => rune.unique_id)).size).toBe(shown.runes.length);
    expect((await client.call('createrune')).result).toMatchObject({
      unique_id: String(shown.runes.length),
    });
  });

  test('releases the lock, which a running sandbox holds', async () => {
    const program = await buildProgram();
    const directory = temporaryDirectory();
    const args = [`--lightning-dir=${directory}`];
    const first = await runSandbox(program, args);
    const second = await runSandbox(program, args);
    expect(second.firstLine).toBe(`A sandbox is already running in ${directory}/regtest.`);
    await first.kill();
    const third = await runSandbox(program, args);
    expect(third.firstLine).toBe(first.firstLine);
  });
});

test('everything persists across a restart', async () => {
  const directory = temporaryDirectory();
  const first = await temporarySandbox({ directory });
  const before = await SocketClient.connect(first.rpcPath);
  const { rune } = (await before.call('createrune', [null, [['rate=1']]])).result as {
    rune: string;
  };
  await before.call('checkrune', [rune]);
  await before.call('blacklistrune', [5, 9]);
  await before.call('invoice', [18446744073709551615n.toString(), 'big', 'ü☃']);
  await before.call('invoice', ['any', 'paid', 'd']);
  await before.call('dev-pay-invoice', ['paid', '18446744073709551615msat']);
  await before.call('datastore', { key: ['a', 'b'], hex: '00ff' });
  const methods = ['listinvoices', 'showrunes', 'blacklistrune', 'listdatastore', 'getinfo'];
  const replies = await Promise.all(methods.map(async () => ''));
  for (const [i, method] of methods.entries()) replies[i] = (await before.call(method)).text;
  expect(replies[0]).toContain('"amount_msat":18446744073709551615');
  await first.stop();

  const second = await temporarySandbox({ directory });
  const after = await SocketClient.connect(second.rpcPath);
  const bare = (text: string | undefined): string | undefined =>
    text?.replace(/"id":"test#\d+"/, '');
  for (const [i, method] of methods.entries()) {
    expect(bare((await after.call(method)).text)).toBe(bare(replies[i]));
  }
  expect((await after.call('checkrune', [rune])).error).toEqual({
    code: 1502,
    message: 'Not permitted: too soon',
  });
});
