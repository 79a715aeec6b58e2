import { type Fit, valueAt } from './model.ts';
import type { ScaleModel } from './scale-model.ts';

/** What one network port carries, in bytes per second: 10 Gbit/s. */
export const PORT_BYTES = 10e9 / 8;
/** The headers of a packet: Ethernet 14, IPv4 20, TCP with timestamps 32. */
export const PACKET_BYTES = 66;
/** The part of a processor or a network port that the plan uses, so that bursts fit. */
export const USED = 0.5;

/** A part that limits the rate of notifications. */
export type Limit = 'gateway' | 'redis' | 'node' | 'network';

/** A plan for many subscribers, with the model's deviation added to each cost. */
export interface Plan {
  readonly subscribers: number;
  readonly perGateway: number;
  readonly gateways: number;
  /** Milliseconds of one gateway's processor time for one notification to all of its subscribers. */
  readonly gatewayMs: number;
  /** Processors of all gateways that are busy without notifications, mostly with heartbeats. */
  readonly idleProcessors: number;
  /** Bytes of all gateways' processes, and of their machines' kernels for the connections. */
  readonly memory: number;
  readonly kernelMemory: number;
  /** Bytes on the network for one notification to all subscribers, with headers. */
  readonly notificationBytes: number;
  /** Notifications a second at which each part is used to {@link USED}. The network is one port. Zero if it is exceeded before. */
  readonly rates: Readonly<Record<Limit, number>>;
  /** The part of Redis's processor that is busy without notifications. */
  readonly redisIdle: number;
  /** Bytes that Redis sends a second at the gateways' rate. */
  readonly redisBytes: number;
  /** Seconds in which a gateway accepts its subscribers. */
  readonly joinSeconds: number;
}

/** Plans gateways with so many subscribers each. */
export function planFor(
  model: ScaleModel,
  protocol: 'plain' | 'tls',
  subscribers: number,
  perGateway: number,
): Plan {
  const gateways = Math.ceil(subscribers / perGateway);
  const one = { gateways: 1, subscribers: perGateway };
  const all = { gateways, subscribers };
  const { time, idleTime, memory, joinTime } = model[protocol];
  const notificationBytes = subscribers * (model.eventBytes + PACKET_BYTES);
  const rates = {
    gateway: rateOf(withMargin(time, one), withMargin(idleTime, one)),
    redis: rateOf(withMargin(model.redisTime, all), withMargin(model.redisIdleTime, all)),
    node: rateOf(model.nodeTime, 0),
    network: (USED * PORT_BYTES) / notificationBytes,
  };
  const redisBytes =
    withMargin(model.redisIdleBytes, all) + rates.gateway * withMargin(model.redisBytes, all);
  return {
    subscribers,
    perGateway,
    gateways,
    gatewayMs: withMargin(time, one) / 1e3,
    idleProcessors: withMargin(idleTime, all) / 1e6,
    memory: withMargin(memory, all),
    kernelMemory: model.kernelMemory * subscribers,
    notificationBytes,
    rates,
    redisIdle: withMargin(model.redisIdleTime, all) / 1e6,
    redisBytes,
    joinSeconds: withMargin(joinTime, one) / 1e6,
  };
}

/** The limits of a plan, the lowest rate first. */
export function bottlenecks({ rates }: Plan): readonly (readonly [Limit, number])[] {
  const entries = Object.entries(rates) as [Limit, number][];
  return entries.toSorted(([, a], [, b]) => a - b);
}

function withMargin(model: Fit, point: { gateways: number; subscribers: number }): number {
  return valueAt(model, point) * (1 + model.deviation);
}

/** Notifications a second, from the microseconds of each and of a second without any. Infinite if each costs nothing. */
function rateOf(each: number, idle: number): number {
  if (each <= 0) return Infinity;
  return Math.max(0, USED * 1e6 - idle) / each;
}
