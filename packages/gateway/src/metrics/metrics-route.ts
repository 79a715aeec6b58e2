import type { ServerResponse } from 'node:http';
import type { CheckedCall, RuneCheck } from '../node/checked-call.ts';
import { readRune } from '../http/rune-header.ts';
import type { PathTable } from '../routing/path-table.ts';
import type { Metrics } from './metrics.ts';

const PATH = '/metrics';
/** The call that a rune must allow: `clnrest rune restrict 'method=metrics'`. No command has this name. */
const CALL: CheckedCall = { method: 'metrics', params: '{}' };

/** Adds `GET /metrics`, which requires a rune that allows `metrics`. */
export function addMetrics(paths: PathTable, metrics: Metrics, checkRune: RuneCheck): void {
  paths.add('GET', PATH, async ({ request, response }) => {
    const refusal = await checkRune(readRune(request.headers['rune']), CALL);
    if (refusal !== undefined) throw refusal;
    sendMetrics(response, metrics);
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
