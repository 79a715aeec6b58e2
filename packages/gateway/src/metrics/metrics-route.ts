import type { ServerResponse } from 'node:http';
import { readRuneHeader } from '../http/rune-header.ts';
import type { CheckedCall, RuneCheck } from '../node/checked-call.ts';
import type { EarlyRuneCheck } from '../node/early-rune-check.ts';
import type { RuneReader } from '../node/rune-reader.ts';
import { Refusal } from '../refusals.ts';
import type { PathTable } from '../routing/path-table.ts';
import type { Metrics } from './metrics.ts';

const PATH = '/metrics';
/** The call that a rune must allow. lightningd has no command of this name. */
const CALL: CheckedCall = { method: 'metrics', params: '{}' };

/** Dependencies of `GET /metrics`. */
export interface MetricsTools {
  readonly metrics: Metrics;
  readonly reader: RuneReader;
  /** Refuses runes that are not genuine before the node is asked, so that untrusted clients cannot keep it busy. */
  readonly earlyCheck: Pick<EarlyRuneCheck, 'verify'>;
  readonly checkRune: RuneCheck;
}

/** Adds `GET /metrics`, which requires a rune that allows `metrics`. */
export function addMetrics(paths: PathTable, tools: MetricsTools): void {
  const { metrics, reader, earlyCheck, checkRune } = tools;
  paths.add('GET', PATH, async ({ request, response }) => {
    const rune = reader.read(readRuneHeader(request));
    if (rune instanceof Refusal) throw rune;
    const status = await earlyCheck.verify(rune);
    if (status instanceof Refusal) throw status;
    const refusal = await checkRune(rune.text, CALL);
    if (refusal !== undefined) throw refusal;
    if (!response.destroyed) sendMetrics(response, metrics);
  });
}

/** Sends all metrics in Prometheus' text format. */
export function sendMetrics(response: ServerResponse, metrics: Metrics): void {
  const body = metrics.render();
  response.writeHead(200, [
    'Content-Type',
    'text/plain; version=0.0.4; charset=utf-8',
    'Content-Length',
    String(Buffer.byteLength(body)),
    'Cache-Control',
    'no-store',
  ]);
  response.end(body);
}
