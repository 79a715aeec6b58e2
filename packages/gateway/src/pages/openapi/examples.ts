/** An example of a call. It must be harmless if a user executes it unchanged: it pays, closes and deletes nothing. */
export interface RequestExample {
  readonly summary: string;
  readonly params: object;
}

/** The examples of a command. */
export interface CommandExamples {
  readonly requests: readonly RequestExample[];
  /** The most important fields of a result from a test node. */
  readonly result?: object;
}

/** An example of BOLT 11: it has no amount and has expired. */
const INVOICE =
  'lnbc1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpl2pkx2ctnv5sxxmmwwd5kgetjypeh2ursdae8g6twvus8g6rfwvs8qun0dfjkxaq9qrsgq357wnc5r2ueh7ck6q93dj32dlqnls087fxdwk8qakdyafkq3yap9us6v52vjjsrvywa6rt52cm9r9zqt8r2t7mlcwspyetp5h2tztugp9lfyql';
const HASH = 'b78485130974711f7885b4d7392a81c3359995c1713d86e1899bae66050eb782';
const NODE = '030f0bb4df890f55d2393fd6ded6c45fa2f2dbcfe65e3785cd4a5ce067e1916aa1';
const TXID = 'b875a784cb3fe9b71af62fc7b7c5db37614112cd3d2a5003a4cfb59e176fa148';

/** Examples of common commands. */
const EXAMPLES: Readonly<Record<string, CommandExamples>> = {
  getinfo: {
    requests: [{ summary: 'No parameters', params: {} }],
    result: {
      id: NODE,
      alias: 'BRISKSHOVEL',
      color: '030f0b',
      num_peers: 1,
      num_pending_channels: 0,
      num_active_channels: 1,
      num_inactive_channels: 0,
      version: 'v26.06.6',
      blockheight: 104,
      network: 'regtest',
      fees_collected_msat: 0,
    },
  },
  help: {
    requests: [
      { summary: 'All commands', params: {} },
      { summary: 'One command', params: { command: 'invoice' } },
    ],
  },
  check: {
    requests: [
      { summary: 'A command and its parameters', params: { command_to_check: 'listpeers' } },
    ],
  },
  plugin: {
    requests: [
      { summary: 'List plugins', params: { subcommand: 'list' } },
      {
        summary: 'Start a plugin',
        params: { subcommand: 'start', plugin: '<the path of its file>' },
      },
      { summary: 'Stop a plugin', params: { subcommand: 'stop', plugin: '<its name>' } },
    ],
  },
  listconfigs: {
    requests: [
      { summary: 'All options', params: {} },
      { summary: 'One option', params: { config: 'network' } },
    ],
  },
  sql: {
    requests: [
      {
        summary: 'Peers and the balances of their channels',
        params: { query: 'SELECT peer_id, to_us_msat, total_msat FROM peerchannels' },
      },
    ],
  },
  wait: {
    requests: [
      {
        summary: 'The number of created invoices, without waiting',
        params: { subsystem: 'invoices', indexname: 'created', nextvalue: 0 },
      },
    ],
  },
  createrune: {
    requests: [
      {
        summary: 'For one command',
        params: { restrictions: [['method=getinfo']] },
      },
      {
        summary: 'For invoices, 60 calls a minute',
        params: { restrictions: [['method=invoice', 'method=listinvoices'], ['rate=60']] },
      },
      { summary: 'Read-only', params: { restrictions: 'readonly' } },
      {
        summary: 'Restrict an existing rune',
        params: { rune: '<the rune>', restrictions: [['pnameamount_msat<10000']] },
      },
    ],
    result: {
      rune: 'GexEPy35qDT2e4dJdI-AVH09X-spa4NMpDQ0FkDOKp09MCZtZXRob2Q9Z2V0aW5mbw==',
      unique_id: '0',
    },
  },
  checkrune: {
    requests: [
      {
        summary: 'One call',
        params: { rune: '<the rune>', method: 'invoice', params: { amount_msat: 1000 } },
      },
    ],
  },
  blacklistrune: {
    requests: [{ summary: 'List revoked runes', params: {} }],
  },
  invoice: {
    requests: [
      {
        summary: 'For an amount',
        params: { amount_msat: 10_000, label: 'shop-17', description: 'A cup of tea' },
      },
      {
        summary: 'For any amount, valid for an hour',
        params: { amount_msat: 'any', label: 'tips-3', description: 'Tips', expiry: 3600 },
      },
      { summary: 'By position', params: ['10sat', 'shop-18', 'Another cup of tea'] },
    ],
    result: {
      payment_hash: HASH,
      expires_at: 1_795_866_934,
      bolt11: 'lnbcrt100n1…',
      payment_secret: '87de8a9a09f1f469a17bda0a2cca004ef5908464b8251eaffe588037cdab4282',
      created_index: 1,
    },
  },
  listinvoices: {
    requests: [
      { summary: 'All invoices', params: {} },
      { summary: 'One invoice', params: { label: 'shop-17' } },
      {
        summary: 'The first 100, in order of creation',
        params: { index: 'created', start: 1, limit: 100 },
      },
    ],
  },
  delinvoice: {
    requests: [{ summary: 'An expired invoice', params: { label: '', status: 'expired' } }],
  },
  waitinvoice: {
    requests: [{ summary: 'One invoice', params: { label: '<the label>' } }],
  },
  waitanyinvoice: {
    requests: [
      { summary: 'The first paid invoice, waiting at most one second', params: { timeout: 1 } },
      {
        summary: 'The first invoice paid after another one, without a time limit',
        params: { lastpay_index: 1 },
      },
    ],
  },
  decode: {
    requests: [{ summary: 'An invoice', params: { string: INVOICE } }],
    result: {
      type: 'bolt11 invoice',
      currency: 'bc',
      created_at: 1_496_314_658,
      expiry: 3600,
      payee: '03e7156ae33b0a208d0744199163177e909e80176e55d97a2f221ede0f934dd9ad',
      description: 'Please consider supporting this project',
      min_final_cltv_expiry: 18,
      payment_hash: '0001020304050607080900010203040506070809000102030405060708090102',
      valid: true,
    },
  },
  pay: {
    requests: [{ summary: 'An invoice', params: ['<the invoice>'] }],
    result: {
      payment_preimage: '5a8ab96089f21be29195586c0cc8b3f3fd7dffce44be5874cd4655f6268898d6',
      payment_hash: HASH,
      amount_msat: 5000,
      amount_sent_msat: 5002,
      parts: 1,
      destination: NODE,
      status: 'complete',
    },
  },
  xpay: {
    requests: [
      { summary: 'An invoice', params: { invstring: '<the invoice>' } },
      {
        summary: 'With a maximum fee of 1 sat',
        params: { invstring: '<the invoice>', maxfee: 1000 },
      },
    ],
  },
  listpays: {
    requests: [
      { summary: 'All payments', params: {} },
      { summary: 'Completed payments', params: { status: 'complete' } },
    ],
  },
  listfunds: {
    requests: [{ summary: 'No parameters', params: {} }],
    result: {
      outputs: [
        {
          txid: TXID,
          output: 0,
          amount_msat: 1_000_000_000,
          status: 'confirmed',
          blockheight: 102,
          reserved: false,
        },
      ],
      channels: [
        {
          peer_id: NODE,
          connected: true,
          state: 'CHANNELD_NORMAL',
          short_channel_id: '104x1x0',
          our_amount_msat: 499_995_000,
          amount_msat: 1_000_000_000,
        },
      ],
    },
  },
  newaddr: {
    requests: [
      { summary: 'The default type', params: {} },
      { summary: 'A SegWit address', params: { addresstype: 'bech32' } },
    ],
  },
  withdraw: {
    requests: [
      { summary: 'An amount', params: { destination: '<the address>', satoshi: 10_000 } },
      { summary: 'All funds', params: { destination: '<the address>', satoshi: 'all' } },
    ],
  },
  feerates: {
    requests: [
      { summary: 'Per 1000 weight units', params: { style: 'perkw' } },
      { summary: 'Per 1000 virtual bytes', params: { style: 'perkb' } },
    ],
  },
  waitblockheight: {
    requests: [{ summary: 'An existing block', params: { blockheight: 1, timeout: 1 } }],
  },
  connect: {
    requests: [
      { summary: 'Id, host and port', params: { id: '<id>', host: '<host>', port: 9735 } },
      { summary: 'One string', params: { id: '<id>@<host>:9735' } },
    ],
  },
  fundchannel: {
    requests: [
      { summary: 'An amount', params: { id: '<id>', amount: '1000000sat' } },
      { summary: 'All funds', params: { id: '<id>', amount: 'all' } },
    ],
  },
  // lightningd v26.06 crashes if the list is empty.
  abort_channels: {
    requests: [{ summary: 'One channel', params: { channel_ids: ['<channel_id>'] } }],
  },
  stfu_channels: {
    requests: [{ summary: 'One channel', params: { channel_ids: ['<channel_id>'] } }],
  },
  datastore: {
    requests: [
      {
        summary: 'A text',
        params: { key: ['shop', 'colour'], string: 'green', mode: 'create-or-replace' },
      },
    ],
  },
  listdatastore: {
    requests: [
      { summary: 'All values', params: {} },
      { summary: 'Values below a key', params: { key: 'shop' } },
    ],
  },
  signmessage: {
    requests: [{ summary: 'A text', params: { message: 'It was me.' } }],
  },
  makesecret: {
    requests: [{ summary: 'From a text', params: { string: 'my program, 1' } }],
  },
};

const BY_NAME: ReadonlyMap<string, CommandExamples> = new Map(Object.entries(EXAMPLES));

/** Returns the examples of a command. Most commands have none. */
export function examplesOf(command: string): CommandExamples | undefined {
  return BY_NAME.get(command);
}
