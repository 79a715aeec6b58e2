import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { temporaryDirectory } from '@clnrest/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CountingSocket } from './counting-socket.ts';
import { type Costs, members, type ScaleRow, type Setup } from './figures.ts';
import { fit, type Point, valueAt } from './model.ts';
import { formula, scalePage } from './page.ts';
import { bottlenecks, planFor } from './plan.ts';
import { setupsFor } from './scale.ts';
import { modelOf } from './scale-model.ts';

function point(gateways: number, subscribers: number, value: number): Point {
  return { gateways, subscribers, value };
}

describe('a fit', () => {
  const exact = ([gateways, subscribers]: readonly [number, number]) =>
    point(gateways, subscribers, 5 + 20 * gateways + 0.03 * subscribers);
  const places = [
    [1, 100],
    [1, 1_000],
    [1, 10_000],
    [2, 10_000],
    [4, 10_000],
  ] as const;

  test('finds all coefficients of exact points', () => {
    const found = fit(['fixed', 'gateways', 'subscribers'], places.map(exact));
    expect(found.fixed).toBeCloseTo(5);
    expect(found.gateways).toBeCloseTo(20);
    expect(found.subscribers).toBeCloseTo(0.03);
    expect(found.deviation).toBeCloseTo(0);
    expect(valueAt(found, { gateways: 100, subscribers: 1_000_000 })).toBeCloseTo(32_005);
  });

  test('reports the largest deviation, and lets small values count as much as large ones', () => {
    const found = fit(
      ['gateways', 'subscribers'],
      [point(1, 0, 110), point(1, 0, 90), point(1, 10_000, 10_100)],
    );
    expect(found.gateways).toBeGreaterThan(90);
    expect(found.gateways).toBeLessThan(110);
    expect(found.subscribers).toBeCloseTo(1, 1);
    expect(found.deviation).toBeGreaterThan(0.08);
    expect(found.deviation).toBeLessThan(0.15);
  });

  test('leaves out a term that would be negative', () => {
    const found = fit(['fixed', 'gateways'], [point(1, 0, 100), point(2, 0, 95), point(4, 0, 90)]);
    expect(found.gateways).toBe(0);
    expect(found.fixed).toBeGreaterThan(90);
    expect(found.fixed).toBeLessThan(100);
  });

  test('ignores the noise of values that are small or negative', () => {
    const found = fit(['subscribers'], [point(1, 0, -3), point(1, 1_000, 1_000)]);
    expect(found.subscribers).toBeCloseTo(1);
  });

  test('requires points that determine the terms', () => {
    const points = [point(1, 100, 5), point(2, 200, 10)];
    expect(() => fit(['gateways', 'subscribers'], points)).toThrow(/do not determine/);
  });
});

const FREE: Costs = {
  node: 0,
  feeder: 0,
  gateways: 0,
  redis: 0,
  redisBytes: 0,
  redisCommands: 0,
  commands: 0,
  socketBytes: 0,
};

/** The figures of a machine on which a delivery takes 20 µs, by TLS 30 µs. */
function row(setup: Setup): ScaleRow {
  const count = members(setup);
  const gateways = setup.subscribers.length;
  const isTls = setup.kind === 'tls';
  const nodeJoin = setup.kind === 'node' ? 600 : 300;
  return {
    ...setup,
    lastMs: count === 0 ? Number.NaN : 5 + gateways + count * 0.03,
    bare:
      count === 0
        ? { lastMs: Number.NaN, time: Number.NaN }
        : { lastMs: count * 0.015, time: count * 10 },
    memory: gateways * 50e6 + count * (isTls ? 60e3 : 20e3),
    kernelMemory: count * 8_000,
    eventBytes: count === 0 ? Number.NaN : 200,
    joining: {
      ...FREE,
      gateways: gateways * 20_000 + count * (isTls ? 2_000 : 500),
      node: count * nodeJoin,
      commands: count,
    },
    idle: {
      ...FREE,
      gateways: gateways * 10_000 + count * 2,
      redis: 2_000 + gateways * 500,
      redisBytes: 100 + gateways * 700,
    },
    notification: {
      ...FREE,
      node: 4_000,
      feeder: 1_000,
      gateways: gateways * 1_000 + count * (isTls ? 30 : 20),
      redis: 200 + gateways * 50,
      redisBytes: 10 + gateways * 300,
    },
  };
}

/** The figures with a cost of Redis that is lost in noise. */
function withoutRedis(figures: ScaleRow): ScaleRow {
  return { ...figures, notification: { ...figures.notification, redis: -1 } };
}

const ROWS = setupsFor(10_000).map(row);

describe('the plan for many subscribers', () => {
  test('follows from the figures', () => {
    const plan = planFor(modelOf(ROWS), 'plain', 1_000_000, 10_000);
    expect(plan.gateways).toBe(100);
    expect(plan.gatewayMs).toBeCloseTo(201);
    expect(plan.idleProcessors).toBeCloseTo(3);
    expect(plan.memory / 1e9).toBeCloseTo(25);
    expect(plan.kernelMemory / 1e9).toBeCloseTo(4);
    expect(plan.redisIdle).toBeCloseTo(0.052);
    expect(plan.joinSeconds).toBeCloseTo(5.02);
    expect(plan.rates.gateway).toBeCloseTo((500_000 - 30_000) / 201_000);
    expect(plan.rates.redis).toBeCloseTo((500_000 - 52_000) / 5_200);
    expect(plan.rates.node).toBeCloseTo(125);
    expect(plan.rates.network).toBeCloseTo(625e6 / 266e6);
    expect(plan.redisBytes).toBeCloseTo(70_100 + plan.rates.gateway * 30_010, 0);
  });

  test('adds the deviation of the model to each cost', () => {
    const model = modelOf(ROWS);
    const time = { ...model.plain.time, deviation: 0.5 };
    const uncertain = { ...model, plain: { ...model.plain, time } };
    expect(planFor(uncertain, 'plain', 1_000_000, 10_000).gatewayMs).toBeCloseTo(301.5);
  });

  test('finds the first bottleneck', () => {
    const first = (protocol: 'plain' | 'tls', perGateway: number) =>
      bottlenecks(planFor(modelOf(ROWS), protocol, 1_000_000, perGateway))[0]?.[0];
    expect(first('plain', 10_000)).toBe('gateway');
    expect(first('plain', 5_000)).toBe('network');
    expect(first('tls', 2_500)).toBe('network');
    expect(first('plain', 100)).toBe('redis');
  });
});

describe('the page', () => {
  const page = scalePage(ROWS, 'Machine: a test.');

  test('has the figures, the model and the plan', () => {
    expect(page).toContain(
      '| 4 | 10,000 | one for each | 309.0 | 2.06 | 204.0 | 20.4 | 2.04 | 100 | 508 |',
    );
    expect(page).toContain('| 1 | 0 | – | – | – | 1.0 | – | – | 50 | – |');
    expect(page).toContain('processor for a notification | 1000 × G + 20.00 × N µs | 0 % |');
    expect(page).toContain('| gateways | 400 | 200 | 100 | 400 | 200 | 100 |');
    expect(page).toContain(
      '- **HTTP**: the processor of each gateway (2.3/s), then one network port',
    );
    expect(page).toContain('If all runes have unique ids of their own, that is 300 s');
  });

  test('has no value that was not measured', () => {
    expect(page).not.toMatch(/NaN|Infinity|∞|undefined/);
  });

  test('calls a rate unlimited if the noise of a busy machine hides the cost', () => {
    const noisy = scalePage(
      ROWS.map((each) => withoutRedis(each)),
      'Machine: a test.',
    );
    expect(noisy).toContain('the processor of Redis (unlimited/s)');
    expect(noisy).not.toMatch(/NaN|Infinity|∞|undefined/);
  });

  test('shows only the terms that a cost has', () => {
    const cost = { fixed: 120, gateways: 0, subscribers: 0.025, deviation: 0 };
    expect(formula(cost, 'ms', 1, 3)).toBe('120 + 0.025 × N ms');
    expect(formula({ ...cost, fixed: 0, subscribers: 0 }, 'ms', 1, 3)).toBe('0 ms');
  });
});

test('the node socket counts requests in pieces of any size, and passes everything on', async () => {
  const directory = temporaryDirectory(onTestFinished);
  const received: Buffer[] = [];
  const node = createServer({ allowHalfOpen: true }, (socket: Socket) => {
    socket.on('data', (data) => received.push(data)).on('end', () => socket.end('done'));
  });
  onTestFinished(() => void node.close());
  node.listen(join(directory, 'node'));
  await once(node, 'listening');
  const counted = await CountingSocket.listen(join(directory, 'counted'), join(directory, 'node'));
  onTestFinished(() => counted.close());
  const request = '{"jsonrpc":"2.0","id":"1","method":"checkrune","params":{"method":"pay"}}\n\n';
  for (const size of [1, 7, 1_000]) {
    const before = counted.commands;
    const client = connect({ path: counted.path, allowHalfOpen: true });
    for (let at = 0; at < 3 * request.length; at += size) {
      const piece = request.repeat(3).slice(at, at + size);
      await new Promise((resolve) => client.write(piece, resolve));
    }
    client.end();
    const [reply] = (await once(client, 'data')) as [Buffer];
    expect(reply.toString()).toBe('done');
    expect(counted.commands - before).toBe(3);
  }
  expect(Buffer.concat(received).toString()).toBe(request.repeat(9));
  expect(counted.bytes).toBe(9 * request.length + 3 * 'done'.length);
});
