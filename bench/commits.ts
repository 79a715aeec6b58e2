import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Libsql from 'libsql';
import type { TestNode } from '../test/support/node.ts';
import { HttpLane } from './http-lane.ts';

const CALLS = 1_000;
/** Longer than the gateway holds the report of a use. */
const REPORTED_MS = 1_000;

/** The node's database commits for 1,000 calls with one rune; undefined for the sandbox, which counts none. */
export async function benchCommits(node: TestNode): Promise<number | undefined> {
  if (node.kind !== 'lightningd') return undefined;
  const url = new URL(node.url);
  const rune = await node.rune(['method=getinfo']);
  const request = `POST /v1/getinfo HTTP/1.1\r\nHost: ${url.host}\r\nRune: ${rune}\r\nContent-Length: 0\r\n\r\n`;
  const lane = await HttpLane.open(url, readFileSync(node.caFile), request);
  try {
    await lane.exchange();
    await delay(REPORTED_MS);
    const before = commits(node);
    for (let call = 0; call < CALLS; call++) await lane.exchange();
    await delay(REPORTED_MS);
    return commits(node) - before;
  } finally {
    lane.close();
  }
}

/** lightningd adds one to `data_version` with each commit. */
function commits({ lightningDir }: TestNode): number {
  const database = new Libsql(join(lightningDir, 'regtest', 'lightningd.sqlite3'), {
    readonly: true,
  });
  try {
    const row = database.prepare("SELECT intval FROM vars WHERE name = 'data_version'").get();
    return Number((row as { intval: number }).intval);
  } finally {
    database.close();
  }
}
