import { READONLY } from '@clnrest/runes';
import { CLIENT_PRESETS } from './client-presets.ts';
import type { PresetRune } from './preset-rune.ts';

/** A choice of the form for new runes. */
export interface Preset {
  readonly id: string;
  readonly label: string;
  /** The heading of the choice in the list. */
  readonly group: 'Purpose' | 'Programs of the guide';
  readonly runes: readonly PresetRune[];
  /** The proposed name of the rune. */
  readonly name: string;
  readonly help: string;
}

const PURPOSES: readonly Preset[] = [
  {
    id: 'receive',
    label: 'Receive only',
    group: 'Purpose',
    name: '',
    help: 'For a shop or a till: creates invoices, offers and addresses, and sees invoices and whether they are paid. Cannot spend.',
    runes: [
      {
        commands:
          'invoice offer newaddr listinvoices listoffers waitinvoice waitanyinvoice getinfo decode'.split(
            ' ',
          ),
      },
    ],
  },
  {
    id: 'read',
    label: 'Read only',
    group: 'Purpose',
    name: '',
    help: 'For statistics and monitoring: sees balances, channels, invoices and payments. Cannot receive or spend.',
    runes: [{ commands: 'readonly' }],
  },
  {
    id: 'spend',
    label: 'Spend up to a limit per payment',
    group: 'Purpose',
    name: '',
    help: 'Pays invoices that have an amount up to the limit, and nothing else. The caller passes only the invoice, so the node’s own limits on fees apply.',
    runes: [{ commands: ['pay', 'xpay'], fees: 'only the invoice' }],
  },
];

/** All presets: by purpose, and one for each program of the guide. */
export const PRESETS: readonly Preset[] = [...PURPOSES, ...CLIENT_PRESETS.map(presetOf)];

function presetOf({ client, use, runes }: (typeof CLIENT_PRESETS)[number]): Preset {
  const label = use === undefined ? client : `${client}, ${use}`;
  const id = label.toLowerCase().replace(/[^a-z]+/g, '-');
  return { id, label, group: 'Programs of the guide', name: label, runes, help: helpOf(runes) };
}

function helpOf(runes: readonly PresetRune[]): string {
  const count = runes.length === 1 ? 'The rune' : `The ${runes.length} runes`;
  return `${count} of the guide for this program. A rate limit can break programs that send several requests at once.`;
}

/** Whether a preset can spend, so that the form offers a limit. */
export function isSpending({ runes }: Preset): boolean {
  return runes.some(({ fees }) => fees !== undefined);
}

/** Whether the preset has no use without a limit. */
export function needsLimit({ id }: Preset): boolean {
  return id === 'spend';
}

/** Whether a limit can include the fees that the program sends. */
export function canLimitFees({ runes }: Preset): boolean {
  return runes.some(({ fees }) => fees === 'numbers');
}

/** Whether a rune of the preset cannot have a limit. */
export function rejectsLimits({ runes }: Preset): boolean {
  return runes.some(({ fees }) => fees === 'no limits');
}

/** The alternatives of lightningd's `readonly`, unescaped. */
export const READONLY_RESTRICTIONS: readonly (readonly string[])[] = READONLY.map(
  ({ alternatives }) => alternatives.map(String),
);
