import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '@clnrest/testing';
import { findProgram, runSync } from '@clnrest/testing/programs';
import { TestProcess } from './support/process.ts';

/**
 * Runs the tutorial of the REST guide, from "Get started" to "Websocket server", line by line in a shell, with curl, against
 * the node of `npm start`. Three things differ from the text: `npx clnrest cli --regtest` replaces `lightning-cli --regtest`,
 * the runes are those of this node, and the port differs if 3010 is in use.
 */
const ROOT = new URL('..', import.meta.url).pathname;
const hasTools = ['curl', 'bash'].every((name) => findProgram(name) !== undefined);

let home: string;
let port: number;
let started: TestProcess;

beforeAll(async () => {
  if (!hasTools) return;
  home = await mkdtemp(join(tmpdir(), 'clnrest-home-'));
  port = (await isFree(3010)) ? 3010 : await freePort();
  const options = port === 3010 ? [] : ['--', `--rest-port=${port}`];
  const env = { HOME: home, npm_config_update_notifier: 'false' };
  started = new TestProcess('npm', ['start', ...options], env, ROOT);
  await started.line(/^Stop it with/);
}, 60_000);

beforeEach((context) => {
  if (!hasTools) context.skip('curl or bash is not installed');
});

afterAll(async () => {
  await started?.stop();
  if (home !== undefined) await rm(home, { recursive: true, force: true });
});

/** Runs a line of the tutorial as pasted into a shell. */
function shell(line: string): string {
  const here = line
    .replaceAll('lightning-cli --regtest', 'npx clnrest cli --regtest')
    .replaceAll(':3010', `:${port}`);
  return runSync('bash', ['-c', here], { HOME: home }, ROOT);
}

describe('the tutorial, step by step', { shuffle: false }, () => {
  let getinfoRune: string;

  test('GET /v1/list-methods lists the commands', () => {
    const trusted = shell(`curl --cacert ~/.lightning/regtest/clnrest/ca.pem \\
     --request GET \\
     --url https://127.0.0.1:3010/v1/list-methods`);
    const insecure = shell(
      'curl --insecure --request GET --url https://127.0.0.1:3010/v1/list-methods',
    );
    expect(trusted).toContain('getinfo');
    expect(insecure).toBe(trusted);
  });

  test('the root serves a page', () => {
    expect(shell('curl --insecure --silent https://127.0.0.1:3010')).toContain('<html');
  });

  test('POST /v1/getinfo accepts a rune for it', () => {
    const made = shell(`lightning-cli --regtest createrune null '[["method=getinfo"]]'`);
    expect(made).toMatch(/^\{\n {3}"rune": "[\w-]+={0,2}",\n {3}"unique_id": "[0-9]+"\n\}\n$/);
    getinfoRune = (JSON.parse(made) as { rune: string }).rune;
    const info = shell(`curl --cacert ~/.lightning/regtest/clnrest/ca.pem \\
     --request POST \\
     --url https://127.0.0.1:3010/v1/getinfo \\
     --header 'Rune: ${getinfoRune}'`);
    const parsed = JSON.parse(info) as Record<string, unknown>;
    for (const key of [
      'id',
      'alias',
      'color',
      'num_peers',
      'num_pending_channels',
      'num_active_channels',
      'num_inactive_channels',
      'address',
      'binding',
      'version',
      'blockheight',
      'network',
      'fees_collected_msat',
      'lightning-dir',
      'our_features',
    ]) {
      expect(parsed).toHaveProperty([key]);
    }
    expect(parsed['network']).toBe('regtest');
    expect(String(parsed['id']).slice(0, 6)).toBe(parsed['color']);
  });

  test('the same rune does not allow invoice', () => {
    const refused = shell(`curl --cacert ~/.lightning/regtest/clnrest/ca.pem \\
     --request POST \\
     --url https://127.0.0.1:3010/v1/invoice \\
     --header 'Rune: ${getinfoRune}' \\
     --header 'content-type: application/json' \\
     --data '{"amount_msat": "10000", "label": "my label", "description": "my description"}'`);
    expect(JSON.parse(refused)).toMatchObject({
      error: { code: 1502, message: 'Not permitted: method is not equal to getinfo' },
    });
  });

  test('a rune for invoice allows it', () => {
    const made = shell(`lightning-cli --regtest createrune null '[["method=invoice"]]'`);
    const { rune } = JSON.parse(made) as { rune: string };
    const invoice = shell(`curl --cacert ~/.lightning/regtest/clnrest/ca.pem \\
     --request POST \\
     --url https://127.0.0.1:3010/v1/invoice \\
     --header 'Rune: ${rune}' \\
     --header 'content-type: application/json' \\
     --data '{"amount_msat": "10000", "label": "my label", "description": "my description"}'`);
    expect(JSON.parse(invoice)).toEqual({
      payment_hash: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
      expires_at: expect.any(Number) as unknown,
      bolt11: expect.stringMatching(/^lnbcrt100n1/) as unknown,
      payment_secret: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
      created_index: 1,
      warning_capacity: 'Insufficient incoming channel capacity to pay invoice',
    });
  });

  test('createrune warns about an unrestricted rune', () => {
    const made = shell('lightning-cli --regtest createrune');
    expect(JSON.parse(made)).toHaveProperty('warning_unrestricted_rune');
  });

  test('the command that npm start prints works', async () => {
    const banner = started.lines.join('\n');
    const line = /curl [^]*?--header 'Rune: [^']+'/.exec(banner)?.[0] ?? '';
    expect(JSON.parse(shell(line))).toHaveProperty('alias');
    expect(banner).toContain(`https://127.0.0.1:${port}`);
    expect(banner).toContain(`${home}/.lightning/regtest/clnrest/ca.pem`);
    expect(banner).toMatch(/not a Lightning node/);
  });

  test('runes and invoices persist across a restart', async () => {
    await started.stop();
    const options = port === 3010 ? [] : ['--', `--rest-port=${port}`];
    started = new TestProcess('npm', ['start', ...options], { HOME: home }, ROOT);
    await started.line(/^Stop it with/);
    const info = shell(`curl --silent --cacert ~/.lightning/regtest/clnrest/ca.pem \\
     --request POST --url https://127.0.0.1:3010/v1/getinfo --header 'Rune: ${getinfoRune}'`);
    expect(JSON.parse(info)).toHaveProperty('alias');
    const listed = shell(`lightning-cli --regtest listinvoices 'my label'`);
    expect(JSON.parse(listed)).toMatchObject({ invoices: [{ status: 'unpaid' }] });
  }, 60_000);
});

function isFree(wanted: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(wanted, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
