import { PublishedStore } from '../bolt12/published-store.ts';
import type { Invoices } from '../invoices/invoices.ts';
import type { Blocks } from '../world/blocks.ts';
import type { Chain } from '../world/chain.ts';
import type { Channels } from '../world/channels.ts';
import type { ChannelStore } from '../world/channel-store.ts';
import type { WorldContext } from '../world/context.ts';
import type { Forwards } from '../world/forwards.ts';
import type { Movements } from '../world/movements.ts';
import type { WorldNodes } from '../world/nodes.ts';
import type { PaymentStore } from '../world/payment-store.ts';
import type { OutgoingParts } from '../world/payments/outgoing-parts.ts';
import type { Wallet } from '../world/wallet.ts';
import { ApplyRecord } from './apply-record.ts';
import { ChainRecords } from './chain-records.ts';
import type { WorldJournal } from './journal.ts';
import { JournalOutlet } from './part-outlet.ts';
import { PartRecords } from './part-records.ts';
import { PartStore } from './part-store.ts';
import { SharedWorld } from './shared-world.ts';

/** What the shared world changes. */
interface Parts {
  readonly context: WorldContext;
  readonly chain: Chain;
  readonly blocks: Blocks;
  readonly channels: Channels;
  readonly store: ChannelStore;
  readonly nodes: WorldNodes;
  readonly wallet: Wallet;
  readonly outgoing: OutgoingParts;
  readonly payments: PaymentStore;
  readonly forwards: Forwards;
  readonly invoices: Invoices;
  readonly movements: Movements;
}

/** Connects the parts of a node with the journal of a shared world. */
export function createSharedWorld(journal: WorldJournal, parts: Parts): SharedWorld {
  const { chain, context, nodes, outgoing } = parts;
  const partStore = new PartStore(context.database);
  const shared = new SharedWorld(context, {
    journal,
    parts: partStore,
    apply: new ApplyRecord(
      new ChainRecords(parts),
      new PartRecords({
        ...parts,
        parts: partStore,
        invoiceRequests: new PublishedStore(context.database, 'invoice_requests'),
      }),
    ),
  });
  chain.onAdded = (raw) => shared.publish({ kind: 'transaction', raw: raw.toString('hex') });
  outgoing.outlet = new JournalOutlet({ chain, nodes, parts: partStore }, (record) =>
    shared.publish(record),
  );
  return shared;
}
