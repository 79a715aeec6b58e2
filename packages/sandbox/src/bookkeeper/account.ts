import type { ChainEvent } from './events.ts';

/** An account: `wallet`, `external`, or a channel. */
export class Account {
  readonly name: string;
  peerId: string | undefined;
  weOpened = false;
  opened: ChainEvent | undefined;
  closed: ChainEvent | undefined;
  /** The outputs of the transaction that closed the channel. */
  closedOutputs = 0;
  /** The height at which all outputs of the closed channel were spent or ours; 0 before. */
  resolvedHeight = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** Learns from a move of the account. */
  learn(event: ChainEvent): void {
    if (event.tag === 'channel_open') this.opened ??= event;
    if (event.tag === 'channel_close') this.closed = event;
    if (event.extraTags.includes('opener')) this.weOpened = true;
    this.peerId ??= event.peerId;
    if (event.outputCount !== undefined && event.outputCount > 0) {
      this.closedOutputs = event.outputCount;
    }
  }
}
