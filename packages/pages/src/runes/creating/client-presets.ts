import type { PresetRune } from './preset-rune.ts';

/** A program of the guide for clients (docs/guide/clients.md), and the runes that it needs. */
export interface ClientPreset {
  readonly client: string;
  /** What the rune is for, if the guide has several for the program. */
  readonly use?: string;
  readonly runes: readonly PresetRune[];
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const RTL_READS = `getinfo listclnrest-notifications listpeers listpeerchannels listfunds listinvoices listsendpays
  listforwards listnodes listchannels listconfigs listoffers feerates decode getroute checkmessage`;

const ZEUS_READS = `getinfo listfunds listpeers listpeerchannels listclosedchannels listnodes listchannels
  listtransactions listinvoices listforwards listoffers sql decode checkmessage`;

/** A test compares the commands with those of the guide. */
export const CLIENT_PRESETS: readonly ClientPreset[] = [
  {
    client: 'Ride The Lightning',
    runes: [
      {
        commands:
          words(`${RTL_READS} signmessage invoice offer fetchinvoice disableoffer newaddr pay keysend
          withdraw fundchannel setchannel close connect disconnect funderupdate autoclean-once`),
        fees: 'numbers',
      },
    ],
  },
  { client: 'Ride The Lightning', use: 'read only', runes: [{ commands: words(RTL_READS) }] },
  {
    client: 'cln-application',
    runes: [
      {
        commands:
          words(`getinfo listpeerchannels listnodes listfunds sql listsqlschemas feerates decode invoice
          offer fetchinvoice newaddr pay keysend withdraw fundchannel close`),
        fees: 'only the invoice',
      },
    ],
  },
  {
    client: 'LNbits',
    runes: [
      {
        use: 'CLNREST_READONLY_RUNE',
        commands: words('listfunds listinvoices listpays waitanyinvoice'),
      },
      { use: 'CLNREST_INVOICE_RUNE', commands: ['invoice'], more: ['pnamelabel^LNbits'] },
      {
        use: 'CLNREST_PAY_RUNE',
        commands: ['pay'],
        more: ['pnamelabel^LNbits'],
        fees: 'numbers',
      },
    ],
  },
  {
    client: 'Nutshell',
    runes: [
      {
        commands: words('listfunds invoice listinvoices waitanyinvoice listpays pay xpay'),
        fees: 'texts',
      },
    ],
  },
  {
    client: 'Zeus',
    runes: [
      {
        commands:
          words(`${ZEUS_READS} signmessage invoice offer disableoffer fetchinvoice invoicerequest sendinvoice
          newaddr pay xpay keysend xkeysend withdraw fundchannel setchannel close connect disconnect getroutes
          askrene-create-layer askrene-update-channel askrene-remove-layer sendpay waitsendpay`),
        fees: 'numbers',
      },
    ],
  },
  {
    client: 'Zeus',
    use: 'read and receive',
    runes: [{ commands: words(`${ZEUS_READS} invoice offer newaddr`) }],
  },
  {
    client: 'Stacker News',
    use: 'receive',
    runes: [{ commands: words('invoice listinvoices') }],
  },
  {
    client: 'Stacker News',
    use: 'send',
    runes: [{ commands: words('pay listpays bkpr-listbalances'), fees: 'no limits' }],
  },
  {
    client: 'gonuts',
    runes: [
      {
        commands: words('getinfo invoice listinvoices waitinvoice pay listpays'),
        fees: 'numbers',
      },
    ],
  },
  {
    client: 'LNI',
    runes: [
      {
        commands: words(
          'getinfo listfunds invoice listinvoices decode pay offer listoffers fetchinvoice',
        ),
        fees: 'texts',
      },
    ],
  },
];
