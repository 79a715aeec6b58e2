import { readFileSync } from 'node:fs';
import { lint, Rune } from '@clnrest/runes';
import { describe, expect, test } from 'vitest';
import { need, runSync } from '@clnrest/testing/programs';
import { BUILDS, useBothBuilds } from '../support/both-builds.ts';
import type { TestNode } from '../support/node.ts';
import { CLNREST } from '../support/sandbox-node.ts';
import { GUIDE, GUIDE_URL, runeLines } from './guide-runes.ts';

/** Runs command lines of the guide with this node's lightning-cli. */
function paste(node: TestNode, lines: string): string {
  const cli =
    node.kind === 'lightningd'
      ? process.env['LIGHTNING_CLI']
      : `${process.execPath} ${CLNREST} cli`;
  const known = `lightning-cli() { ${cli} --regtest --lightning-dir=${node.lightningDir} "$@"; }\n`;
  return runSync('bash', ['-euc', known + lines]);
}

const SECTIONS = [...GUIDE.matchAll(/^## (.+)$/gm)]
  .map(([, section = '']) => section)
  .filter((section) => runeLines(section).length > 0);

describe('the guide for clients', () => {
  const on = useBothBuilds('https');

  test('has a rune for each client', () => {
    const all = 'Ride The Lightning,cln-application,LNbits,Nutshell,Zeus,Stacker News,gonuts,LNI';
    expect(SECTIONS.join(',')).toBe(all);
  });

  test.for(SECTIONS)('has runes for %s without mistakes', (section, context) => {
    need(context, 'bash');
    for (const line of runeLines(section)) {
      const { rune } = JSON.parse(paste(on('rest'), line)) as { rune: string };
      const findings = lint(Rune.fromBase64(rune), BigInt(Math.floor(Date.now() / 1_000)));
      // Programs that pay let their users spend without a limit, as the guide says.
      expect(findings.filter(({ code }) => code !== 'unlimited_amount')).toEqual([]);
    }
  });

  test('shows how to find the first pay_index for LNbits', async (context) => {
    need(context, 'bash', 'jq');
    const [line = ''] = /lightning-cli listinvoices \| jq .*/.exec(GUIDE) ?? [];
    expect(paste(on('rest'), line)).toBe('0\n');
    const { rpc } = on('rest');
    for (const label of ['not paid', 'first', 'also not paid']) {
      const { bolt11 } = await rpc.call<{ bolt11: string }>('invoice', [1_000, label, 'd']);
      if (label === 'first') await rpc.call('pay', [bolt11]);
    }
    expect(paste(on('rest'), line)).toBe('1\n');
  });

  test.for(BUILDS)('states the path of the authority of %s', (build, context) => {
    need(context, 'curl');
    const [, path = ''] =
      new RegExp(`~/\\.lightning/bitcoin/(\\S+)\` with\\s+\`dist/${build}\``).exec(GUIDE) ?? [];
    const { lightningDir, url } = on(build);
    const ca = `${lightningDir}/regtest/${path}`;
    expect(ca).toBe(on(build).caFile);
    const [line = ''] = /^curl --cacert.*$/m.exec(GUIDE) ?? [];
    const filledIn = line.replace('ca.pem', ca).replace('https://127.0.0.1:3010', url);
    expect(runSync('bash', ['-c', `${filledIn} --silent --show-error`])).toContain('getinfo');
  });

  test('links to existing pages and sections', () => {
    const links = [...GUIDE.matchAll(/\]\(([^)#]*)(?:#([^)]+))?\)/g)];
    expect(links.length).toBeGreaterThan(5);
    for (const [, path = '', anchor] of links) {
      const text = path === '' ? GUIDE : readFileSync(new URL(path, GUIDE_URL), 'utf8');
      const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
        heading.toLowerCase().replaceAll(' ', '-'),
      );
      if (anchor !== undefined) expect(anchors).toContain(anchor);
    }
  });
});
