/** An example of a call. It must be harmless if a user executes it unchanged: it pays, closes and deletes nothing. */
export interface RequestExample {
  readonly summary: string;
  readonly params: object;
}

/** An example of BOLT 11: it has no amount and has expired. */
const INVOICE =
  'lnbc1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpl2pkx2ctnv5sxxmmwwd5kgetjypeh2ursdae8g6twvus8g6rfwvs8qun0dfjkxaq9qrsgq357wnc5r2ueh7ck6q93dj32dlqnls087fxdwk8qakdyafkq3yap9us6v52vjjsrvywa6rt52cm9r9zqt8r2t7mlcwspyetp5h2tztugp9lfyql';

/** Examples of calls of common commands. */
const EXAMPLES: Readonly<Record<string, readonly RequestExample[]>> = {
  getinfo: [{ summary: 'No parameters', params: {} }],
  help: [
    { summary: 'All commands', params: {} },
    { summary: 'One command', params: { command: 'invoice' } },
  ],
  check: [{ summary: 'A command and its parameters', params: { command_to_check: 'listpeers' } }],
  plugin: [
    { summary: 'List plugins', params: { subcommand: 'list' } },
    {
      summary: 'Start a plugin',
      params: { subcommand: 'start', plugin: '<the path of its file>' },
    },
    { summary: 'Stop a plugin', params: { subcommand: 'stop', plugin: '<its name>' } },
  ],
  listconfigs: [
    { summary: 'All options', params: {} },
    { summary: 'One option', params: { config: 'network' } },
  ],
  sql: [
    {
      summary: 'Peers and the balances of their channels',
      params: { query: 'SELECT peer_id, to_us_msat, total_msat FROM peerchannels' },
    },
  ],
  wait: [
    {
      summary: 'The number of created invoices, without waiting',
      params: { subsystem: 'invoices', indexname: 'created', nextvalue: 0 },
    },
  ],
  createrune: [
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
  checkrune: [
    {
      summary: 'One call',
      params: { rune: '<the rune>', method: 'invoice', params: { amount_msat: 1000 } },
    },
  ],
  blacklistrune: [{ summary: 'List revoked runes', params: {} }],
  invoice: [
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
  listinvoices: [
    { summary: 'All invoices', params: {} },
    { summary: 'One invoice', params: { label: 'shop-17' } },
    {
      summary: 'The first 100, in order of creation',
      params: { index: 'created', start: 1, limit: 100 },
    },
  ],
  delinvoice: [{ summary: 'An expired invoice', params: { label: '', status: 'expired' } }],
  waitinvoice: [{ summary: 'One invoice', params: { label: '<the label>' } }],
  waitanyinvoice: [
    { summary: 'The first paid invoice, waiting at most one second', params: { timeout: 1 } },
    {
      summary: 'The first invoice paid after another one, without a time limit',
      params: { lastpay_index: 1 },
    },
  ],
  decode: [{ summary: 'An invoice', params: { string: INVOICE } }],
  pay: [{ summary: 'An invoice', params: ['<the invoice>'] }],
  xpay: [
    { summary: 'An invoice', params: { invstring: '<the invoice>' } },
    {
      summary: 'With a maximum fee of 1 sat',
      params: { invstring: '<the invoice>', maxfee: 1000 },
    },
  ],
  listpays: [
    { summary: 'All payments', params: {} },
    { summary: 'Completed payments', params: { status: 'complete' } },
  ],
  listfunds: [{ summary: 'No parameters', params: {} }],
  newaddr: [
    { summary: 'The default type', params: {} },
    { summary: 'A SegWit address', params: { addresstype: 'bech32' } },
  ],
  withdraw: [
    { summary: 'An amount', params: { destination: '<the address>', satoshi: 10_000 } },
    { summary: 'All funds', params: { destination: '<the address>', satoshi: 'all' } },
  ],
  feerates: [
    { summary: 'Per 1000 weight units', params: { style: 'perkw' } },
    { summary: 'Per 1000 virtual bytes', params: { style: 'perkb' } },
  ],
  waitblockheight: [{ summary: 'An existing block', params: { blockheight: 1, timeout: 1 } }],
  connect: [
    { summary: 'Id, host and port', params: { id: '<id>', host: '<host>', port: 9735 } },
    { summary: 'One string', params: { id: '<id>@<host>:9735' } },
  ],
  fundchannel: [
    { summary: 'An amount', params: { id: '<id>', amount: '1000000sat' } },
    { summary: 'All funds', params: { id: '<id>', amount: 'all' } },
  ],
  // lightningd v26.06 crashes if the list is empty.
  abort_channels: [{ summary: 'One channel', params: { channel_ids: ['<channel_id>'] } }],
  stfu_channels: [{ summary: 'One channel', params: { channel_ids: ['<channel_id>'] } }],
  datastore: [
    {
      summary: 'A text',
      params: { key: ['shop', 'colour'], string: 'green', mode: 'create-or-replace' },
    },
  ],
  listdatastore: [
    { summary: 'All values', params: {} },
    { summary: 'Values below a key', params: { key: 'shop' } },
  ],
  signmessage: [{ summary: 'A text', params: { message: 'It was me.' } }],
  makesecret: [{ summary: 'From a text', params: { string: 'my program, 1' } }],
};

const BY_NAME: ReadonlyMap<string, readonly RequestExample[]> = new Map(Object.entries(EXAMPLES));

/** Returns the examples of calls of a command. Most commands have none. */
export function examplesOf(command: string): readonly RequestExample[] | undefined {
  return BY_NAME.get(command);
}
