/** A difference between the sandbox and lightningd that is intended. The reference page lists them. */
export interface ExpectedDifference {
  /** A sentence for the reference page. */
  readonly reason: string;
  /** The commands; empty for all. */
  readonly methods: readonly string[];
  /** Matches the description of the difference. */
  readonly how: RegExp;
  /** The difference depends on how fast lightningd is, or how it was built. */
  readonly varies?: boolean;
}

export const EXPECTED_DIFFERENCES: readonly ExpectedDifference[] = [
  {
    reason: 'Commands of lightningd that the sandbox does not have return `Unknown command`.',
    methods: [],
    how: /^the sandbox has no such command$/,
  },
  {
    reason: 'A lightningd that was built without Rust does not have its plugin `cln-currencyrate`.',
    methods: ['currencyconvert', 'currencyrate', 'listcurrencyrates'],
    how: /^lightningd has no such command$/,
    varies: true,
  },
  {
    reason:
      'The sandbox reads all parameters before it looks for a channel, a peer or an address. lightningd can report the latter first.',
    methods: ['close', 'disconnect', 'listhtlcs', 'withdraw'],
    how: /^(?:text: (?:unilateraltimeout: |duplicate json names: |unknown parameter: |too many parameters: |missing required parameter: )|code: -32602; lightningd: -1$)/,
  },
  {
    reason:
      'An unknown channel, coin or transaction is reported after all other parameters have been read.',
    methods: ['setchannel', 'txdiscard', 'txsend', 'utxopsbt'],
    how: /^text: .*; lightningd: (?:id: should be a channel ID or short channel ID|Unknown UTXO |not an unreleased txid )/,
  },
  {
    reason: 'The secret of the node does not come from a mnemonic.',
    methods: ['exposesecret'],
    how: /^only lightningd's: result\.mnemonic$/,
  },
  {
    reason: 'Malformed `utxos` fail at once. lightningd does not reply.',
    methods: ['multiwithdraw'],
    how: /^outcome: error -32602 (?:Please specify an array |Could not decode the outpoint ).*; lightningd: pending$/,
  },
  {
    reason: 'The order is that of random ids, so that the first item can have a label, or none.',
    methods: ['listinvoicerequests'],
    how: /^only (?:ours|lightningd's): result\.invoicerequests\[\]\.label$/,
    varies: true,
  },
  {
    reason:
      'A node of the simulated world needs no address. For another node, a host that cannot be resolved fails with 401.',
    methods: ['connect'],
    how: /^(?:text: All addresses failed: |code: 401; lightningd: -1$|outcome: result; lightningd: error (?:-1 Host|400|401) )/,
  },
  {
    reason:
      'Malformed hex is `should be a hex value`, where lightningd reports `Must have either hex or string`.',
    methods: ['datastore', 'makesecret'],
    how: /^text: hex: should be a hex value: /,
  },
  {
    reason: 'The sandbox ignores leases, and does not read `compact_lease`.',
    methods: ['fundchannel'],
    how: /lightningd: Could not decode 'compact_lease' |^code: 400; lightningd: -32602$|^type of data: object; lightningd: absent$/,
  },
  {
    reason: 'The usages of `getroute` and `keysend` do not say that the commands are deprecated.',
    methods: ['getroute', 'keysend'],
    how: /^usage: .*; lightningd: \(DEPRECATED!\) /,
  },
  {
    reason: 'Options of built-in plugins have no member `plugin`, because the plugins do not run.',
    methods: ['listconfigs'],
    how: /^only lightningd's: result\.configs\.[a-z-]+\.plugin$/,
  },
  {
    reason:
      'With `--developer`, lightningd shows the `dev-` options of its plugins even if they are not set.',
    methods: ['listconfigs'],
    how: /^only lightningd's: result\.configs\.dev-[a-z-]+$/,
  },
  {
    reason:
      'The order of the options of different built-in plugins is fixed. In lightningd it depends on which plugin starts first.',
    methods: ['listconfigs'],
    how: /^order of result\.configs: /,
  },
  {
    reason:
      'A payment by `sendpay` ends at once, so that the next call does not find it in progress.',
    methods: ['sendpay'],
    how: /^(?:outcome|text): .*; lightningd: (?:error 200 )?Payment with groupid=|^code: (?:201|212); lightningd: 200$|^outcome: error 201 .*; lightningd: result$/,
    varies: true,
  },
  {
    reason: 'A route to a direct peer costs nothing.',
    methods: ['getroutes'],
    how: /^outcome: result; lightningd: error 206 /,
    varies: true,
  },
  {
    reason: 'An array as `val` is rejected by position as it is by name.',
    methods: ['setconfig'],
    how: /^text: .* is not a multi option: val must not be an array; lightningd: Error setting /,
  },
  {
    reason:
      'Other nodes reply to every request at once, whatever `dev_path_use_scidd` is, so that a `timeout` of 0 seconds does not expire. lightningd drops some requests if a peer sends many.',
    methods: ['fetchinvoice'],
    how: /^outcome: (?:result|error 1004 .*); lightningd: (?:error 1005 |pending$)/,
    varies: true,
  },
  {
    reason:
      'A channel closes at once. lightningd waits for its peer, and until a block contains the transaction.',
    methods: ['close'],
    how: /^outcome: (?:result; lightningd: pending|error -1 Peer has no active channel; lightningd: result)$/,
    varies: true,
  },
  {
    reason: 'Channels have no alias, no PSBT, and no transaction that would close them.',
    methods: ['listpeerchannels'],
    how: /^only lightningd's: result\.channels\[\]\.(?:alias|funding\.psbt|last_tx_fee_msat|scratch_txid)$/,
  },
  {
    reason: 'Channels have no `last_stable_connection`, which lightningd shows after a minute.',
    methods: ['listpeerchannels'],
    how: /^only lightningd's: result\.channels\[\]\.last_stable_connection$/,
    varies: true,
  },
  {
    reason: 'The chain accepts outputs below the dust limit.',
    methods: ['withdraw'],
    how: /^outcome: result; lightningd: error -1 Error broadcasting transaction: error code: -26\b/,
  },
  {
    reason:
      'For an invoice that is paid, the sandbox does not first look for a route. Its amount is checked first.',
    methods: ['pay', 'xpay'],
    how: /^(?:code: 219; lightningd: |text: Already paid this invoice|outcome: error -32602 partial_msat|code: -32602; lightningd: -3$)/,
  },
  {
    reason:
      "lightningd's list of formats begins with bytes of memory that its plugin has not initialised.",
    methods: ['bkpr-dumpincomecsv'],
    how: /^text: csv_format: should be one of: "cointracker",.*; lightningd: csv_format: should be one of: .+"cointracker",/,
    varies: true,
  },
  {
    reason: 'A payment of 0 msat succeeds.',
    methods: ['keysend'],
    how: /^outcome: result; lightningd: error 210 Ran out of routes to try after \d+ attempts: /,
  },
];
