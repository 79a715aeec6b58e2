import { readFileSync } from 'node:fs';
import type { TestNode } from '../test/support/node.ts';
import { HttpLane } from './http-lane.ts';
import { type Figures, measure } from './measure.ts';

/** Numbers of requests in flight. */
export const WIDTHS = [1, 8, 32, 128] as const;

export interface Row {
  readonly inFlight: number;
  readonly rest: Figures;
  readonly socket: Figures;
}

/**
 * Measures `POST /v1/getinfo` over kept TLS connections and, in the same run, the same two commands,
 * checkrune and getinfo, directly on the socket. The difference is the cost of the gateway.
 */
export async function benchRequests(node: TestNode, seconds: number): Promise<Row[]> {
  const rune = await node.rune(['method=getinfo']);
  const rows: Row[] = [];
  for (const inFlight of WIDTHS) {
    const socket = await overSocket(node, rune, inFlight, seconds);
    const rest = await overRest(node, rune, inFlight, seconds);
    rows.push({ inFlight, rest, socket });
  }
  return rows;
}

async function overSocket(
  node: TestNode,
  rune: string,
  width: number,
  seconds: number,
): Promise<Figures> {
  const checks = node.rpc.pipeline({ batching: true });
  const params = `{"rune":${JSON.stringify(rune)},"method":"getinfo","params":{}}`;
  const once = async (): Promise<void> => {
    await checks.callText('checkrune', params);
    await node.rpc.callText('getinfo', '{}');
  };
  try {
    return await measure(
      Array.from({ length: width }, () => once),
      seconds,
    );
  } finally {
    await checks.close();
  }
}

async function overRest(
  node: TestNode,
  rune: string,
  width: number,
  seconds: number,
): Promise<Figures> {
  const url = new URL(node.url);
  const ca = url.protocol === 'https:' ? readFileSync(node.caFile) : undefined;
  const request = `POST /v1/getinfo HTTP/1.1\r\nHost: ${url.host}\r\nRune: ${rune}\r\nContent-Length: 0\r\n\r\n`;
  const lanes = await Promise.all(
    Array.from({ length: width }, () => HttpLane.open(url, ca, request)),
  );
  try {
    return await measure(
      lanes.map((lane) => () => lane.exchange()),
      seconds,
    );
  } finally {
    for (const lane of lanes) lane.close();
  }
}
