import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { buildProgram, runSandbox } from './testing/sandbox-process.ts';
import { SocketClient } from './testing/socket-client.ts';
import { temporaryDirectory, temporarySandbox } from './testing/temporary-sandbox.ts';

describe('kill -9', () => {
  test('loses nothing that was answered', async () => {
    const program = await buildProgram();
    const directory = await temporaryDirectory();
    const args = [`--lightning-dir=${directory}`];
    /** What was answered, by label or id. */
    const invoices = new Set<string>();
    const runes = new Set<string>();
    const uses = new Map<string, string>();

    for (let round = 0; round < 4; round++) {
      const sandbox = await runSandbox(program, args);
      const client = await SocketClient.connect(sandbox.said);
      const { rune } = (await client.call('createrune')).result as { rune: string };
      runes.add(rune);
      // It is killed while answers are on their way: only those that came count.
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
      let answers = 0;
      for (let text = await client.read(); text !== undefined; text = await client.read()) {
        const { id, result } = JSON.parse(text) as { id: string; result: { rune?: string } };
        const [kind, label = ''] = id.split(' ');
        if (kind === 'invoice' || kind === 'store') invoices.add(`${kind} ${label}`);
        if (kind === 'rune') runes.add(result.rune ?? '');
        if (kind === 'check') uses.set(rune, label);
        answers++;
        if (answers > 50 + round * 101) killed ??= sandbox.kill();
      }
      await killed;
      expect(answers).toBeLessThan(4 * count);
      expect(existsSync(sandbox.said)).toBe(true);
    }
    expect(invoices.size).toBeGreaterThan(10);

    // What is left is still good, and the socket that was left behind is replaced.
    const { rpcPath } = await temporarySandbox({ directory });
    const client = await SocketClient.connect(rpcPath);
    const kept = (await client.call('listinvoices')).result as {
      invoices: { label: string; created_index: number }[];
    };
    const labels = new Set(kept.invoices.map(({ label }) => label));
    const stored = (await client.call('listdatastore')).result as {
      datastore: { key: string[] }[];
    };
    const keys = new Set(stored.datastore.map(({ key }) => key[0]));
    for (const answered of invoices) {
      const [kind, label = ''] = answered.split(' ');
      expect((kind === 'invoice' ? labels : keys).has(label), answered).toBe(true);
    }
    expect(new Set(kept.invoices.map((invoice) => invoice.created_index)).size).toBe(
      kept.invoices.length,
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

  test('does not lock the directory, and a living sandbox does', async () => {
    const program = await buildProgram();
    const directory = await temporaryDirectory();
    const args = [`--lightning-dir=${directory}`];
    const first = await runSandbox(program, args);
    const second = await runSandbox(program, args);
    expect(second.said).toBe(`A sandbox is already running in ${directory}/regtest.`);
    await first.kill();
    const third = await runSandbox(program, args);
    expect(third.said).toBe(first.said);
  });
});

test('everything is there after a restart', async () => {
  const directory = await temporaryDirectory();
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
  const asked = ['listinvoices', 'showrunes', 'blacklistrune', 'listdatastore', 'getinfo'];
  const answers = await Promise.all(asked.map(async () => ''));
  for (const [i, method] of asked.entries()) answers[i] = (await before.call(method)).text;
  expect(answers[0]).toContain('"amount_msat":18446744073709551615');
  await first.stop();

  const second = await temporarySandbox({ directory });
  const after = await SocketClient.connect(second.rpcPath);
  const bare = (text: string | undefined): string | undefined =>
    text?.replace(/"id":"test#\d+"/, '');
  for (const [i, method] of asked.entries()) {
    expect(bare((await after.call(method)).text)).toBe(bare(answers[i]));
  }
  expect((await after.call('checkrune', [rune])).error).toEqual({
    code: 1502,
    message: 'Not permitted: too soon',
  });
});
