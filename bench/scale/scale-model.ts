import { members, type ScaleRow, type SetupKind } from './figures.ts';
import { fit, type Fit, type Term } from './model.ts';

/** What the figures of one run say. Times are microseconds of processor time, sizes are bytes. */
export interface ScaleModel {
  /** Milliseconds until the last subscriber has a notification, where all share this machine. */
  readonly lastMs: Fit;
  /** Of all gateways, with plain HTTP and with TLS. */
  readonly plain: GatewayModel;
  readonly tls: GatewayModel;
  /** Of Redis, for each notification. */
  readonly redisTime: Fit;
  readonly redisBytes: Fit;
  /** Of Redis, for each second without notifications: leases and waiting reads. */
  readonly redisIdleTime: Fit;
  readonly redisIdleBytes: Fit;
  /** Of the node and of its plugin, for each notification: the means of all configurations. */
  readonly nodeTime: number;
  readonly feederTime: number;
  /** Of the node, for each new subscriber: with the gateways' own checks, and with `--judge=node`. */
  readonly nodeJoinTime: number;
  readonly nodeJudgeTime: number;
  /** Of the kernel, for one end of a connection. */
  readonly kernelMemory: number;
  /** That a subscriber receives for a notification, without TLS, TCP and IP. */
  readonly eventBytes: number;
}

/** The costs of all gateways together. */
export interface GatewayModel {
  /** For each notification. */
  readonly time: Fit;
  /** For each second without notifications: heartbeats, leases, and watching the node. */
  readonly idleTime: Fit;
  /** To accept all subscribers. */
  readonly joinTime: Fit;
  readonly memory: Fit;
}

/** Fits the model to the figures of one run. */
export function modelOf(rows: readonly ScaleRow[]): ScaleModel {
  const usual = ofKind(rows, 'usual');
  const joined = usual.filter((row) => members(row) > 0);
  // Redis does not know the subscribers, and short rounds without them show its small cost best.
  const unseen = usual.filter((row) => members(row) === 0);
  const full = joined.toSorted((a, b) => members(b) - members(a)).slice(0, 1);
  const [most] = full;
  const judged = ofKind(rows, 'node')[0];
  if (most === undefined || judged === undefined) throw new Error('configurations are missing');
  const fitTo = (terms: readonly Term[], value: (row: ScaleRow) => number) =>
    fit(terms, pointsOf(usual, value));
  return {
    lastMs: fit(
      ['fixed', 'gateways', 'subscribers'],
      pointsOf(joined, ({ lastMs }) => lastMs),
    ),
    plain: gatewayModel(usual),
    tls: gatewayModel(ofKind(rows, 'tls')),
    redisTime: fit(
      ['fixed', 'gateways'],
      pointsOf(unseen, ({ notification }) => notification.redis),
    ),
    redisBytes: fit(
      ['fixed', 'gateways'],
      pointsOf(unseen, ({ notification }) => notification.redisBytes),
    ),
    redisIdleTime: fitTo(['fixed', 'gateways'], ({ idle }) => idle.redis),
    redisIdleBytes: fitTo(['fixed', 'gateways'], ({ idle }) => idle.redisBytes),
    nodeTime: mean(usual.map(({ notification }) => notification.node)),
    feederTime: mean(usual.map(({ notification }) => notification.feeder)),
    nodeJoinTime: most.joining.node / members(most),
    nodeJudgeTime: judged.joining.node / members(judged),
    kernelMemory: most.kernelMemory / members(most) / 2,
    eventBytes: most.eventBytes,
  };
}

/** The figures of one kind of configuration. */
export function ofKind(rows: readonly ScaleRow[], kind: SetupKind): ScaleRow[] {
  return rows.filter((row) => row.kind === kind);
}

function gatewayModel(rows: readonly ScaleRow[]): GatewayModel {
  const fitTo = (value: (row: ScaleRow) => number): Fit =>
    fit(['gateways', 'subscribers'], pointsOf(rows, value));
  return {
    time: fitTo(({ notification }) => notification.gateways),
    idleTime: fitTo(({ idle }) => idle.gateways),
    joinTime: fitTo(({ joining }) => joining.gateways),
    memory: fitTo(({ memory }) => memory),
  };
}

function pointsOf(rows: readonly ScaleRow[], value: (row: ScaleRow) => number) {
  return rows.map((row) => ({
    gateways: row.subscribers.length,
    subscribers: members(row),
    value: value(row),
  }));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
