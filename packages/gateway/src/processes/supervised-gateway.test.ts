import { get, type IncomingMessage } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort, RUNE } from '@clnrest/testing';
import { ask } from '@clnrest/testing/http-client';
import { builds } from '../builds.ts';
import { inProcessGateway } from '../testing/in-process-gateway.ts';
import { PluginHost } from '../testing/plugin-host.ts';
import type { StartHttpProcess } from './messages.ts';

/** A plugin with an HTTP process that the test can end. */
async function started() {
  let hold: Promise<void> | undefined;
  let crash: () => void = () => undefined;
  const startHttpProcess: StartHttpProcess = (events) => {
    const link = inProcessGateway(events);
    crash = () => link.kill();
    return {
      ...link,
      send: (message) => void Promise.resolve(hold).then(() => link.send(message)),
    };
  };
  const host = await PluginHost.start(builds.rest, startHttpProcess);
  const port = await freePort();
  expect(await host.init({ 'rest-port': port })).toEqual({});
  return {
    host,
    url: `http://127.0.0.1:${port}`,
    crash: () => crash(),
    /** Messages to HTTP processes wait for this. */
    hold: (until: Promise<void> | undefined) => (hold = until),
  };
}

/** An event stream: yields the ids of events as they arrive. */
async function listen(url: string, lastId?: string) {
  const headers = { rune: RUNE, ...(lastId !== undefined && { 'last-event-id': lastId }) };
  const request = get(`${url}/v1/notifications`, { headers, agent: false });
  onTestFinished(() => void request.destroy());
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).once('error', reject);
  });
  answer.on('error', () => undefined);
  let text = '';
  let changed: () => void = () => undefined;
  answer.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    changed();
  });
  const ended = new Promise<void>((resolve) => answer.once('close', () => resolve()));
  const until = async (words: string): Promise<string> => {
    while (!text.includes(words)) await new Promise<void>((resolve) => (changed = resolve));
    return text;
  };
  await until(': listening');
  return {
    until,
    ended,
    ticks: () => [...text.matchAll(/"n":([0-9]+)/g)].map(([, n]) => Number(n)),
  };
}

const again = (count: number) => (host: PluginHost) =>
  host.untilLogged(
    (lines) => lines.filter((line) => line.includes('running again')).length >= count,
  );

describe('when the HTTP process fails', () => {
  test('the next one listens at the same address, and the log has one line with the reason', async () => {
    const { host, url, crash } = await started();
    crash();
    await again(1)(host);
    expect(
      (await ask(`${url}/v1/getinfo`, { method: 'POST', headers: { rune: RUNE } })).status,
    ).toBe(201);
    expect(host.logged.filter((line) => line.startsWith('broken'))).toEqual([
      'broken: The REST server failed: it was closed. It is being restarted',
    ]);
    expect(host.logged).toContain(`info: REST server running again at ${url}`);
  });

  test('registered paths keep their commands, and cannot be registered twice', async () => {
    const { host, url, crash } = await started();
    for (const path of ['a/{b}', 'c'])
      await host.ask('rest-register-path', [path, 'getinfo', 'GET', false]);
    await host.ask('rest-register-path', ['a/{other}', 'getinfo', 'GET', false]);
    for (const count of [1, 2]) {
      crash();
      await again(count)(host);
      expect((await ask(`${url}/a/x`)).status).toBe(201);
      expect((await ask(`${url}/c`)).status).toBe(201);
    }
    expect(await host.ask('rest-register-path', ['a/{z}', 'getinfo', 'GET', false])).toMatchObject({
      code: -32700,
      data: { path: 'a/{b}' },
    });
    expect(host.logged.filter((line) => line.startsWith('unusual'))).toEqual([]);
  });

  test('a registration waits for the next one, even if the first never replied', async () => {
    const { host, url, crash, hold } = await started();
    let release: () => void = () => undefined;
    hold(new Promise<void>((resolve) => (release = resolve)));
    const registered = host.ask('rest-register-path', ['late', 'getinfo', 'GET', false]);
    crash();
    await host.untilLogged((lines) => lines.some((line) => line.startsWith('broken')));
    hold(undefined);
    release();
    expect(await registered).toEqual({});
    expect((await ask(`${url}/late`)).status).toBe(201);
  });

  test('a check of a registration has no effect on the next one', async () => {
    const { host, url, crash } = await started();
    const params = {
      command_to_check: 'rest-register-path',
      path: 'x',
      rpc_method: 'getinfo',
      http_method: 'GET',
      rune_required: false,
    };
    expect(await host.ask('check', params)).toEqual({ command_to_check: 'rest-register-path' });
    crash();
    await again(1)(host);
    expect((await ask(`${url}/x`)).status).toBe(404);
  });

  test('a subscriber that reconnects gets pending and new notifications once', async () => {
    const { host, url, crash } = await started();
    const first = await listen(url);
    let n = 0;
    const notify = (): void => host.notify('tick', { tick: { n: n++ } });
    notify();
    const text = await first.until('"n":0');
    const id = /id: (\S+)\nevent: tick/.exec(text)?.[1];
    // The gateway holds it for a second, in which the HTTP process fails.
    for (let times = 0; times < 3; times++) notify();
    crash();
    notify();
    await again(1)(host);
    notify();
    const second = await listen(url, id);
    notify();
    await second.until('"n":6');
    expect(second.ticks()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await second.until(': listening')).not.toContain('event: missed');
    const third = await listen(url, id);
    await third.until('"n":6');
    expect(third.ticks()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('more often than five times a minute, REST stops and the plugin stays', async () => {
    const { host, url, crash } = await started();
    for (let count = 1; count <= 5; count++) {
      crash();
      await again(count)(host);
    }
    crash();
    await host.untilLogged((lines) => lines.some((line) => line.includes('so it stays stopped')));
    await expect(ask(url)).rejects.toThrow('ECONNREFUSED');
    expect(await host.ask('rest-register-path', ['a', 'getinfo'])).toEqual({
      code: -32700,
      message: 'The REST server is not running',
    });
    expect(host.logged.filter((line) => line.startsWith('broken'))).toHaveLength(6);
    expect(host.logged.at(-1)).toMatch(
      /^broken: .* restarted 5 times within 60 seconds, so it stays stopped\. Restart the plugin rest /,
    );
    host.notify('shutdown', {});
    expect(await host.status).toBe(0);
  });
});
