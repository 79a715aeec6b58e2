import type { Channel, Policy } from './channel.ts';

/** A policy that senders can still use. */
interface PreviousPolicy {
  readonly policy: Policy;
  /** Nanoseconds since 1970. */
  readonly until: bigint;
}

/**
 * The policies before the last `setchannel`, which forwards can use during its `enforcedelay`: other nodes learn the new policy
 * later (BOLT 7). As in lightningd, a restart forgets them.
 */
export class PreviousPolicies {
  readonly #byChannel = new Map<bigint, PreviousPolicy>();

  /** @param until - nanoseconds since 1970 */
  set({ key, policy }: Channel, until: bigint): void {
    this.#byChannel.set(key, { policy, until });
  }

  /** @param now - nanoseconds since 1970 */
  get({ key }: Channel, now: bigint): Policy | undefined {
    const previous = this.#byChannel.get(key);
    return previous !== undefined && now < previous.until ? previous.policy : undefined;
  }
}
