import { get } from 'node:http';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { freePort, RUNE } from '@clnrest/testing';
import { FakeNode } from '@clnrest/testing/fake-node';
import { ask } from '@clnrest/testing/http-client';
import { describe, expect, test, vi } from 'vitest';
import { OptionError } from '../options/settings.ts';
import { testGateway } from '../testing/gateway.ts';
import { readPrometheusText } from '../testing/prometheus-text.ts';
import { Metrics } from './metrics.ts';
import { MetricsServer } from './metrics-server.ts';
import type { Family } from './families.ts';
import { processGauges } from './process-gauges.ts';

const rune = { Rune: RUNE };

describe('GET /metrics', () => {
  test('counts calls, refusals, rune checks and time, without names that callers make up', async () => {
    const node = await FakeNode.start({
      getinfo: (call) => call.result('{}'),
      pay: (call) => call.error(210, 'no route'),
      made_up: (call) => call.error(-32601, 'Unknown command'),
    });
    const { url } = await testGateway({ node });
    const post = (path: string) => ask(`${url}/v1/${path}`, { method: 'POST', headers: rune });
    await post('getinfo');
    await post('getinfo');
    await post('pay');
    await post('made_up');
    await ask(`${url}/v1/getinfo`, { method: 'POST' });
    const { status, headers, body } = await ask(`${url}/metrics`, { headers: rune });
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
      'no-store',
    ]);
    const samples = readPrometheusText(body);
    expect(Object.fromEntries(samples)).toMatchObject({
      'clnrest_calls_total{command="getinfo",status="201"}': 2,
      'clnrest_calls_total{command="pay",status="500"}': 1,
      'clnrest_calls_total{command="unknown",status="404"}': 1,
      'clnrest_call_duration_seconds_count{command="getinfo"}': 2,
      'clnrest_refusals_total{kind="missing_rune"}': 1,
      'clnrest_refusals_total{kind="command_failed"}': 1,
      clnrest_judge_mismatches_total: 0,
      'clnrest_subscribers{transport="events"}': 0,
      clnrest_http_process_restarts_total: 0,
    });
    expect(samples.get('clnrest_rune_check_seconds_count{judge="node"}')).toBe(5);
    expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(1e7);
    expect(body).not.toContain('made_up');
    expect(node.paramsOf('checkrune').at(-1)).toContain('"method":"metrics","params":{}');
  });

  test('requires a rune that allows it', async () => {
    const node = await FakeNode.start({
      checkrune: (call) => call.error(1502, 'Not permitted: method is not equal to getinfo'),
    });
    const { url } = await testGateway({ node });
    expect((await ask(`${url}/metrics`)).status).toBe(403);
    const { status, body } = await ask(`${url}/metrics`, { headers: rune });
    expect([status, body.includes('clnrest_')]).toEqual([401, false]);
  });

  test('does not ask the node about runes that are not genuine', async () => {
    const node = await FakeNode.start({
      makesecret: (call) => call.result(`{"secret":"${'07'.repeat(32)}"}`),
      blacklistrune: (call) => call.result('{"blacklist":[]}'),
    });
    const { url } = await testGateway({ node });
    for (let i = 0; i < 5; i++) {
      const { status, body } = await ask(`${url}/metrics`, { headers: rune });
      expect([status, body.includes('Not derived from master')]).toEqual([401, true]);
    }
    expect(node.paramsOf('checkrune')).toEqual([]);
    expect(node.ownCalls.filter(({ method }) => method === 'makesecret')).toHaveLength(1);
  });

  test('a fault while the metrics are read ends only that connection', async () => {
    const port = await freePort();
    const faults: unknown[] = [];
    const metrics = new Metrics();
    const server = await MetricsServer.listen('127.0.0.1', port, metrics, (error) =>
      faults.push(error),
    );
    let isBroken = true;
    metrics.add({
      render: () => {
        if (isBroken) throw new Error('broken');
        return '';
      },
    });
    await expect(ask(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow();
    isBroken = false;
    expect((await ask(`http://127.0.0.1:${port}/metrics`)).status).toBe(200);
    expect(faults).toHaveLength(1);
    await server.close();
  });

  test('counts subscribers and notifications', async () => {
    const gateway = await testGateway({ holdMs: 0 });
    const sent = get(`${gateway.url}/v1/notifications`, { headers: rune, agent: false });
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const metrics = async () =>
      readPrometheusText((await ask(`${gateway.url}/metrics`, { headers: rune })).body);
    expect((await metrics()).get('clnrest_subscribers{transport="events"}')).toBe(1);
    const notification = {
      topic: 't',
      origin: undefined,
      paramsText: '{"t":1}',
      params: { t: 1 },
      payload: undefined,
    };
    for (let i = 0; i < 3; i++) gateway.notify(notification);
    let received = '';
    for await (const piece of answer) {
      received += String(piece);
      if (received.split('event: t').length > 3) break;
    }
    const samples = await metrics();
    expect(samples.get('clnrest_notifications_total')).toBe(3);
    expect(samples.get('clnrest_notifications_delivered_total{transport="events"}')).toBe(3);
    sent.destroy();
    while ((await metrics()).get('clnrest_subscribers{transport="events"}') !== 0);
  });

  test('is served without a rune on an address of its own, and nothing else is', async () => {
    const port = await freePort();
    const node = await FakeNode.start({ getinfo: (call) => call.result('{}') });
    const { url, close } = await testGateway({
      node,
      settings: { metrics: { host: '127.0.0.1', port } },
    });
    await ask(`${url}/v1/getinfo`, { method: 'POST', headers: rune });
    const own = `http://127.0.0.1:${port}`;
    const { status, body } = await ask(`${own}/metrics`);
    expect(status).toBe(200);
    expect(
      readPrometheusText(body).get('clnrest_calls_total{command="getinfo",status="201"}'),
    ).toBe(1);
    for (const [path, method] of [
      ['/', 'GET'],
      ['/v1/getinfo', 'POST'],
      ['/metrics', 'POST'],
    ] as const) {
      expect((await ask(own + path, { method, headers: rune })).status).toBe(404);
    }
    await close();
    await expect(ask(`${own}/metrics`)).rejects.toThrow();
  });

  test('the gateway says which option is wrong if that address is taken', async () => {
    const { url } = await testGateway();
    const port = Number(new URL(url).port);
    const taken = testGateway({
      settings: { metrics: { host: '127.0.0.1', port } },
      limits: { portWaitMs: 0 },
    });
    await expect(taken).rejects.toThrow(OptionError);
    await expect(taken).rejects.toThrow(
      /`rest-metrics-host` 127\.0\.0\.1 and `rest-metrics-port` .*EADDRINUSE/,
    );
  });
});

describe('examples/monitoring', () => {
  test('asks only for metrics that exist', async () => {
    const { url } = await testGateway();
    await ask(`${url}/v1/getinfo`, { method: 'POST', headers: rune });
    const { body } = await ask(`${url}/metrics`, { headers: rune });
    const families = new Set([...body.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
    const folder = new URL('../../../../examples/monitoring/', import.meta.url);
    for (const file of ['dashboard.json', 'alerts.yml']) {
      const asked =
        readFileSync(new URL(file, folder), 'utf8').match(/\b(?:clnrest|process)_[a-z_]+/g) ?? [];
      expect(asked.length).toBeGreaterThan(5);
      for (const name of asked) expect(families).toContain(name.replace(/_bucket$/, ''));
    }
    const documented = readFileSync(new URL('../../docs/reference/metrics.md', folder), 'utf8');
    for (const name of families) expect(documented).toContain(`\`${name}\``);
  });
});

describe('the delay of the event loop', () => {
  const delays = (families: readonly Family[]): number[] =>
    families
      .map((family) => family.render())
      .filter((text) => text.includes('clnrest_event_loop_delay_seconds{'))
      .flatMap((text) =>
        [...text.matchAll(/^clnrest_event_loop.* (\S+)$/gm)].map(([, n]) => Number(n)),
      );

  test('does not include the interval of the measurement', async () => {
    const families = processGauges({ version: '1', restarts: 0, certificate: () => undefined });
    expect(delays(families)).toEqual([]);
    await vi.waitFor(() => expect(delays(families)[0]).toBeLessThan(0.01), {
      interval: 100,
      timeout: 5_000,
    });
    // The first interval after a reset is not measured.
    await setTimeout(100);
    const end = performance.now() + 200;
    while (performance.now() < end);
    await setTimeout(50);
    expect(delays(families)[1]).toBeGreaterThan(0.1);
  });
});
