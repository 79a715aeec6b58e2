import { execFile } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { encodePairingLink } from '@clnrest/runes';
import { readFileSync } from 'node:fs';
import { doctor } from '../../packages/clnrest/src/commands/doctor.ts';
import { CLNREST } from '../support/sandbox-node.ts';
import { startProxy, type ProxyFaults } from '../support/proxy.ts';
import { useNode } from '../support/use-node.ts';

interface Check {
  readonly check: string;
  readonly status: string;
  readonly code: string;
  readonly found: string;
}

interface Diagnosis {
  readonly status: number;
  readonly out: string;
  /** The code of each check. */
  readonly codes: Readonly<Record<string, string>>;
}

/** Runs the command as a process, and parses its report. */
async function diagnoseAsProcess(
  words: readonly string[],
  rune: string | undefined,
  stdin = '',
): Promise<Diagnosis> {
  const env = { ...process.env, CLNREST_RUNE: rune };
  const { status, out } = await new Promise<{ status: number; out: string }>((resolve) => {
    const args = [CLNREST, 'doctor', '--json', ...words];
    const child = execFile(process.execPath, args, { env }, (_error, stdout, stderr) => {
      resolve({ status: child.exitCode ?? -1, out: stdout + stderr });
    });
    child.stdin?.end(stdin);
  });
  return diagnosis(status, out);
}

/** Runs the command in this process: a process of its own takes longer to start than the checks take. */
async function diagnose(words: readonly string[], rune: string | undefined): Promise<Diagnosis> {
  let out = '';
  const write = (text: string): void => void (out += text);
  const terminal = { out: write, error: write, input: async () => '' };
  const env = { ...process.env, CLNREST_RUNE: rune };
  const status = await doctor(['--json', ...words], terminal, env);
  return diagnosis(status, out);
}

function diagnosis(status: number, out: string): Diagnosis {
  const { checks } = JSON.parse(out) as { checks: Check[] };
  return { status, out, codes: Object.fromEntries(checks.map(({ check, code }) => [check, code])) };
}

const HEALTHY = {
  name: 'name_found',
  port: 'port_open',
  protocol: 'speaks_https',
  authority: 'authority_read',
  signature: 'signature_trusted',
  host: 'host_named',
  dates: 'dates_valid',
  gateway: 'gateway_answers',
  clock: 'clock_right',
  rune: 'rune_read',
  node: 'rune_known',
  polling: 'listening',
  websocket: 'listening',
  events: 'listening',
};

describe('clnrest doctor with a node', () => {
  const node = useNode();
  const here = (): string[] => [`--url=${node().url}`, `--ca=${node().caFile}`];

  /** Returns the node's time of the rune's last use. */
  async function lastUse(rune: string): Promise<unknown> {
    const { runes } = await node().rpc.call<{ runes: { last_used?: unknown }[] }>('showrunes', {
      rune,
    });
    return runes[0]?.last_used;
  }

  test('finds no problem with a healthy node', async () => {
    const rune = await node().rune(['method=getinfo']);
    const { status, codes, out } = await diagnoseAsProcess([...here(), '--origin=https://x'], rune);
    expect([status, codes]).toEqual([0, { ...HEALTHY, origin: 'origin_allowed' }]);
    expect(out).not.toContain(rune.slice(0, 40));
    expect(node().log.join('\n')).not.toContain(rune.slice(0, 40));
  });

  test('needs only a pairing link', async () => {
    const rune = await node().rune(['method=getinfo']);
    const ca = readFileSync(node().caFile, 'utf8');
    const link = encodePairingLink({ url: node().url, rune, ca });
    expect(await diagnoseAsProcess(['-'], undefined, link)).toMatchObject({
      status: 0,
      codes: HEALTHY,
    });
  });

  test('distinguishes runes, and spends no use of a rate-limited one', async () => {
    const findingsFor = async (rune: string) => {
      const { codes, status } = await diagnose(here(), rune);
      return [codes['rune'], codes['node'], codes['websocket'], status];
    };
    expect(await findingsFor(await node().rune())).toEqual([
      'rune_unrestricted',
      'rune_known',
      'listening',
      0,
    ]);
    expect(await findingsFor(await node().rune(['method=pay']))).toEqual([
      'rune_doubtful',
      'rune_known',
      'not_for_listening',
      0,
    ]);
    expect(await findingsFor(await node().rune(['method=invoice']))).toEqual([
      'rune_read',
      'rune_known',
      'not_for_listening',
      0,
    ]);
    expect(await findingsFor(await node().rune(['time<1700000000']))).toEqual([
      'rune_expired',
      'left_out',
      'way_open',
      1,
    ]);
    const limited = await node().rune(['method=getinfo'], ['per=1day']);
    expect(await findingsFor(limited)).toEqual(['rune_read', 'rune_known', 'way_open', 0]);
    expect(await lastUse(limited)).toBeUndefined();
    await node().rpc.call('checkrune', { rune: limited, method: 'getinfo' });
    expect(await findingsFor(limited)).toEqual(['rune_read', 'rune_too_soon', 'way_open', 0]);
    const { rune: blacklisted, unique_id: id } = await node().rpc.call<{
      rune: string;
      unique_id: string;
    }>('createrune', { restrictions: 'readonly' });
    await node().rpc.call('blacklistrune', { start: Number(id), end: Number(id) });
    expect(await findingsFor(blacklisted)).toEqual([
      'rune_read',
      'rune_blacklisted',
      'way_open',
      1,
    ]);
    const foreign = 'KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==';
    expect(await findingsFor(foreign)).toEqual([
      'rune_unrestricted',
      'rune_foreign',
      'way_open',
      1,
    ]);
    expect(await findingsFor('nonsense')).toEqual(['rune_malformed', 'left_out', 'way_open', 1]);
  });

  test('distinguishes a wrong protocol from an untrusted authority', async () => {
    const plain = node().url.replace('https:', 'http:');
    expect(await diagnose([`--url=${plain}`], undefined)).toMatchObject({
      status: 1,
      codes: { protocol: 'wrong_protocol', gateway: 'left_out' },
    });
    const rune = await node().rune(['method=getinfo', 'per=1day']);
    expect(await diagnose([`--url=${node().url}`], rune)).toMatchObject({
      status: 1,
      codes: { signature: 'authority_unknown', gateway: 'gateway_answers', node: 'left_out' },
    });
    expect(await lastUse(rune)).toBeUndefined();
  });
});

describe('clnrest doctor with a node behind a proxy', () => {
  const node = useNode('--rest-protocol=http');

  test.each<[string, ProxyFaults, Record<string, string>]>([
    ['forwards everything', {}, {}],
    ['drops upgrades', { upgrades: 'dropped' }, { websocket: 'upgrade_lost' }],
    ['refuses upgrades', { upgrades: 'refused' }, { websocket: 'guarded' }],
    ['buffers streams', { streams: 'buffered' }, { events: 'held_back' }],
    ['drops the Rune header', { rune: 'dropped' }, { node: 'rune_lost', events: 'left_out' }],
    [
      'cannot reach the gateway',
      { target: 'unreachable' },
      { gateway: 'gateway_unreached', node: 'left_out' },
    ],
  ])('that %s', async (_, habits, expected) => {
    const url = await startProxy(node().url, habits);
    const rune = await node().rune(['method=getinfo']);
    const { codes, status } = await diagnose([`--url=${url}`, '--timeout=5'], rune);
    expect(codes).toMatchObject({ protocol: 'speaks_http', ...expected });
    const problems = Object.keys(expected).length;
    expect(status).toBe(problems === 0 ? 0 : 1);
    if (problems === 0)
      expect([codes['websocket'], codes['events']]).toEqual(['listening', 'listening']);
  });
});
