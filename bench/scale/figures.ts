/** One configuration of gateways. */
export interface Setup {
  /** The subscribers of each gateway. */
  readonly subscribers: readonly number[];
  /**
   * - `usual`: plain HTTP, and each subscriber has a rune of its own with a unique id of its own.
   * - `one rune`: all subscribers have the same rune.
   * - `tls`: the gateway serves HTTPS.
   * - `node`: the node checks every rune (`--judge=node`).
   * - `rechecks`: the gateway checks each subscriber's rune again about every {@link RECHECK_SECONDS} × 0.8 seconds.
   */
  readonly kind: SetupKind;
}

export type SetupKind = 'usual' | 'one rune' | 'tls' | 'node' | 'rechecks';

/** The least time for the checks of subscribers' runes in {@link Setup}, in seconds. */
export const RECHECK_SECONDS = 10;

/** Differences of counters. All times are microseconds of processor time. */
export interface Costs {
  /** The node's process, without its plugins. */
  readonly node: number;
  /** The plugin that feeds Redis. */
  readonly feeder: number;
  /** All gateways together. */
  readonly gateways: number;
  readonly redis: number;
  /** Bytes that Redis sends. */
  readonly redisBytes: number;
  readonly redisCommands: number;
  /** Requests of all gateways on the node's socket. */
  readonly commands: number;
  /** Bytes of all gateways on the node's socket, in both directions. */
  readonly socketBytes: number;
}

/** The figures of a server that only writes the bytes: a bound for any server. */
export interface Bare {
  /** Milliseconds until the last subscriber has them. */
  readonly lastMs: number;
  /** Microseconds of the server's processor time for all subscribers. */
  readonly time: number;
}

/** The figures of one configuration. */
export interface ScaleRow extends Setup {
  /** Milliseconds from the call that causes a notification until the last subscriber has it: the median. NaN without subscribers. */
  readonly lastMs: number;
  /** Of a server that only writes about as many bytes to as many subscribers. */
  readonly bare: Bare;
  /** Bytes of all gateways' processes: the least in the time without notifications. */
  readonly memory: number;
  /** Bytes of the kernel for both ends of all subscribers' connections. */
  readonly kernelMemory: number;
  /** Bytes that a subscriber receives for one notification, without those of TLS, TCP and IP. */
  readonly eventBytes: number;
  /** From the first connection until all subscribers are connected and the reports to the node are complete. */
  readonly joining: Costs;
  /** Of one second without notifications. */
  readonly idle: Costs;
  /** Of one notification, without those that such a time has without notifications. */
  readonly notification: Costs;
}

/** The number of subscribers of a configuration. */
export function members({ subscribers }: Pick<Setup, 'subscribers'>): number {
  return subscribers.reduce((total, count) => total + count, 0);
}
