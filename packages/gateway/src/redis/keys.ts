/** The keys of one node in Redis. `docs/reference/redis.md` describes them. */
export interface RedisKeys {
  /** The stream of notifications. */
  readonly events: string;
  /** The hash of the feeder: its number, what precedes its first event, whether it has ended, what the
   * node had done then, and a counter while it runs. */
  readonly feeder: string;
  /** The stream of announced changes of the blacklist. */
  readonly revocations: string;
  /** The hash of the gateways: what each has confirmed. */
  readonly gateways: string;
  /** The hash of the leases that the feeder grants to gateways. */
  readonly grants: string;
}

/** The keys of a node. The braces put them into one slot of a cluster, as scripts require. */
export function keysOf(nodeId: string): RedisKeys {
  const key = (name: string): string => `clnrest:{${nodeId}}:${name}`;
  return {
    events: key('events'),
    feeder: key('feeder'),
    revocations: key('revocations'),
    gateways: key('gateways'),
    grants: key('grants'),
  };
}
