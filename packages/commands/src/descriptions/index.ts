import type { CategoryText } from '../description-types.ts';
import { bookkeeping } from './bookkeeping.ts';
import { channels } from './channels.ts';
import { data } from './data.ts';
import { developer } from './developer.ts';
import { invoices } from './invoices.ts';
import { network } from './network.ts';
import { node } from './node.ts';
import { offers } from './offers.ts';
import { onchain } from './onchain.ts';
import { payments } from './payments.ts';
import { peers } from './peers.ts';
import { recovery } from './recovery.ts';
import { routing } from './routing.ts';
import { runes } from './runes.ts';

/** The categories in display order. */
export const CATEGORIES = {
  node,
  runes,
  invoices,
  offers,
  payments,
  channels,
  peers,
  onchain,
  network,
  routing,
  bookkeeping,
  data,
  recovery,
  developer,
} as const satisfies Readonly<Record<string, CategoryText>>;

/** The name of a category. */
export type Category = keyof typeof CATEGORIES;
