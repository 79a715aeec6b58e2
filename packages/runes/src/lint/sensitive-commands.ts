/** A command of lightningd that can spend funds or give someone else the right to do so. */
export interface SensitiveCommand {
  readonly name: string;
  /** What the command can do. */
  readonly power: 'spends' | 'makes_runes' | 'controls_node' | 'needs_care';
  /** The names of the parameters without punctuation, in order of position. */
  readonly params: readonly string[];
  /** How many of them, from the first, are required. */
  readonly required: number;
  /** Whether the command accepts unknown parameters, instead of rejecting them. */
  readonly acceptsUnknown: boolean;
  /** Parameters with an invoice, whose amount the command pays. */
  readonly invoices: readonly string[];
  /** Parameters with the amount. If one of them is given, the command spends no more, except for fees. */
  readonly amounts: readonly string[];
  /** Whether amounts without a unit are satoshis; otherwise they are msat. */
  readonly inSatoshis: boolean;
  /** Optional parameters that raise the fee. */
  readonly fees: readonly string[];
  /** A parameter that limits all fees if it is given. */
  readonly feeLimit: string | undefined;
  /** Parameters whose fixed value determines what is spent or created. A fixed recipient does not limit the amount. */
  readonly fixed: readonly string[];
  /** An optional parameter without which the funds stay in the node's wallet, or the command is harmless. */
  readonly recipient: string | undefined;
  /** Whether a call without parameters changes nothing. */
  readonly onlyShows: boolean;
}

type Details = Partial<Omit<SensitiveCommand, 'name' | 'power' | 'params' | 'required'>>;

/** @param usage `name required… [optional…]` */
function command(
  power: SensitiveCommand['power'],
  usage: string,
  details: Details = {},
): SensitiveCommand {
  const [name = '', ...words] = usage.split(' ');
  return {
    acceptsUnknown: false,
    invoices: [],
    amounts: [],
    inSatoshis: false,
    fees: [],
    feeLimit: undefined,
    fixed: [],
    recipient: undefined,
    onlyShows: false,
    ...details,
    name,
    power,
    params: words.map((word) => word.replace(/[[\]]/g, '')),
    required: words.filter((word) => !word.startsWith('[')).length,
  };
}

const PAY_FEES = ['maxfee', 'maxfeepercent', 'exemptfee'];

/**
 * The commands, from the schemas and sources of lightningd v26.06.6, older names, and the commands of the gateway that
 * register paths.
 *
 * - `pay` is by default xpay, which ignores parameters of `pay` that it does not know (plugins/xpay/xpay.c,
 *   handle_rpc_command). It ignores `amountmsat`, which passes as `pnameamountmsat`, and `invstring` beside `bolt11`.
 *   Only the amount of the invoice in `bolt11` limits it.
 * - `xpay` pays an offer's invoice even if its amount differs from `amount_msat` (plugins/xpay/xpay.c, invoice_fetched):
 *   only the amount of an invoice or `partial_msat` limits it.
 * - `sendpay` and `sendonion` take the amount from the route, `signpsbt` and `txsend` from a transaction. No
 *   restriction can express their limit.
 * - `invoicerequest` with `single_use=false` lets any number of people collect the amount.
 * - `makesecret` returns the secret of runes, and `showrunes` returns runes in full.
 * - A path that is registered without `rune_required` runs its command for anyone.
 */
export const SENSITIVE_COMMANDS: readonly SensitiveCommand[] = [
  command(
    'spends',
    'pay bolt11 [amountmsat] [label] [riskfactor] [maxfeepercent] [retryfor] [maxdelay] [exemptfee] [localinvreqid] [exclude] [maxfee] [description] [partialmsat]',
    {
      acceptsUnknown: true,
      invoices: ['bolt11'],
      fees: PAY_FEES,
      feeLimit: 'maxfee',
      fixed: ['bolt11'],
    },
  ),
  command(
    'spends',
    'xpay invstring [amountmsat] [maxfee] [layers] [retryfor] [partialmsat] [maxdelay] [payernote] [label] [localinvreqid]',
    { invoices: ['invstring'], amounts: ['partialmsat'], fees: ['maxfee'], feeLimit: 'maxfee' },
  ),
  command(
    'spends',
    'renepay invstring [amountmsat] [maxfee] [maxdelay] [retryfor] [description] [label] [exclude]',
    { invoices: ['invstring'], amounts: ['amountmsat'], fees: ['maxfee'], feeLimit: 'maxfee' },
  ),
  command(
    'spends',
    'keysend destination amountmsat [label] [maxfeepercent] [retryfor] [maxdelay] [exemptfee] [extratlvs] [routehints] [maxfee]',
    { amounts: ['amountmsat'], fees: PAY_FEES, feeLimit: 'maxfee' },
  ),
  command(
    'spends',
    'xkeysend destination amountmsat [label] [maxfee] [layers] [retryfor] [maxdelay] [extratlvs]',
    { amounts: ['amountmsat'], fees: ['maxfee'], feeLimit: 'maxfee' },
  ),
  command(
    'spends',
    'sendamount invstring amountmsat [maxfee] [layers] [retryfor] [maxdelay] [payernote] [label]',
    { amounts: ['amountmsat'] },
  ),
  command(
    'spends',
    'sendpay route paymenthash [label] [amountmsat] [bolt11] [paymentsecret] [partid] [localinvreqid] [groupid] [paymentmetadata] [description]',
    { fixed: ['route'] },
  ),
  command(
    'spends',
    'sendonion onion firsthop paymenthash [label] [sharedsecrets] [partid] [bolt11] [amountmsat] [destination] [localinvreqid] [groupid] [description] [totalamountmsat]',
    { fixed: ['firsthop'] },
  ),
  command(
    'spends',
    'injectpaymentonion onion paymenthash amountmsat cltvexpiry partid groupid [blinding] [label] [invstring] [localinvreqid] [destinationmsat] [destination]',
    { fixed: ['onion'] },
  ),
  command(
    'spends',
    'invoicerequest amount [description] [issuer] [label] [absoluteexpiry] [singleuse]',
    { fixed: ['singleuse'] },
  ),
  command('spends', 'withdraw destination satoshi [feerate] [minconf] [utxos]', {
    amounts: ['satoshi'],
    inSatoshis: true,
    fees: ['feerate'],
  }),
  command('spends', 'multiwithdraw outputs [feerate] [minconf] [utxos]', { fixed: ['outputs'] }),
  command('spends', 'txprepare outputs [feerate] [minconf] [utxos]', { fixed: ['outputs'] }),
  command('spends', 'txsend txid', { fixed: ['txid'] }),
  command('spends', 'signpsbt psbt [signonly]', { fixed: ['psbt'] }),
  command(
    'spends',
    'fundchannel id amount [feerate] [announce] [minconf] [utxos] [pushmsat] [closeto] [requestamt] [compactlease] [mindepth] [reserve] [channeltype]',
    { amounts: ['amount'], inSatoshis: true, fees: ['feerate', 'requestamt'] },
  ),
  command(
    'spends',
    'multifundchannel destinations [feerate] [minconf] [utxos] [minchannels] [commitmentfeerate]',
    { fixed: ['destinations'] },
  ),
  command(
    'spends',
    'close id [unilateraltimeout] [destination] [feenegotiationstep] [wrongfunding] [forceleaseclosed] [feerange]',
    { fixed: ['destination'], recipient: 'destination' },
  ),
  command('spends', 'splicein channel amount', { amounts: ['amount'], inSatoshis: true }),
  command('spends', 'spliceout channel amount [destination] [forcefeerate]', {
    amounts: ['amount'],
    inSatoshis: true,
    recipient: 'destination',
  }),
  command('spends', 'splice_signed psbt [channelid] [signfirst]', { fixed: ['psbt'] }),
  command('spends', 'dev-splice [scriptorjson] [dryrun] [forcefeerate] [debuglog] [devwetrun]', {
    fixed: ['scriptorjson'],
  }),
  command(
    'spends',
    'funderupdate [policy] [policymod] [leasesonly] [mintheirfundingmsat] [maxtheirfundingmsat] [perchannelminmsat] [perchannelmaxmsat] [reservetankmsat] [fuzzpercent] [fundprobability] [leasefeebasemsat] [leasefeebasis] [fundingweight] [channelfeemaxbasemsat] [channelfeemaxproportionalthousandths]',
    { onlyShows: true },
  ),
  command('makes_runes', 'createrune [rune] [restrictions]', { fixed: ['rune'] }),
  command('makes_runes', 'commando-rune [rune] [restrictions]', { fixed: ['rune'] }),
  command('makes_runes', 'invokerune [rune] [restrictions]', { fixed: ['rune'] }),
  command('makes_runes', 'showrunes [rune]', { fixed: ['rune'] }),
  command('makes_runes', 'commando-listrunes [rune]', { fixed: ['rune'] }),
  command('makes_runes', 'makesecret [hex] [string]', { fixed: ['hex', 'string'] }),
  command(
    'makes_runes',
    'rest-register-path path rpcmethod [httpmethod] [runerequired] [runerestrictions]',
    { fixed: ['rpcmethod'] },
  ),
  command(
    'makes_runes',
    'clnrest-register-path path rpcmethod [httpmethod] [runerequired] [runerestrictions]',
    { fixed: ['rpcmethod'] },
  ),
  command('controls_node', 'plugin subcommand [plugin]', {
    // Options of the plugin can follow.
    acceptsUnknown: true,
    fixed: ['subcommand', 'plugin'],
  }),
  command('controls_node', 'reckless command targetsubcommand [target]', {
    fixed: ['command', 'targetsubcommand'],
  }),
  command('controls_node', 'exposesecret passphrase [identifier]'),
  command('controls_node', 'setconfig config [val] [transient]', { fixed: ['config'] }),
  command('controls_node', 'recover hsmsecret', { fixed: ['hsmsecret'] }),
  command('controls_node', 'emergencyrecover'),
  command('controls_node', 'dev-forget-channel id [shortchannelid] [channelid] [force]'),
];

/**
 * Commands whose effect on funds depends on other programs: hints, since a rune can need them.
 *
 * createrune's `readonly` excludes `listdatastore`. `blacklistrune` with `relist` restores revoked runes.
 */
export const DELICATE_COMMANDS: readonly SensitiveCommand[] = [
  command('needs_care', 'listdatastore [key]', { fixed: ['key'] }),
  command('needs_care', 'datastore key [string] [hex] [mode] [generation]', { fixed: ['key'] }),
  command('needs_care', 'deldatastore key [generation]', { fixed: ['key'] }),
  command('needs_care', 'blacklistrune [start] [end] [relist]', { recipient: 'relist' }),
];

/**
 * Commands of plugins that spend, or that pay fees to move funds between channels, from the READMEs of sling, circular,
 * peerswap, and the rebalance, drain and sendinvoiceless plugins of lightningd/plugins. Their parameters are unknown here.
 */
export const PLUGIN_COMMANDS: readonly SensitiveCommand[] = [
  'sling-job',
  'sling-go',
  'sling-once',
  'circular',
  'circular-node',
  'circular-pull',
  'circular-push',
  'rebalance',
  'rebalanceall',
  'drain',
  'fill',
  'setbalance',
  'sendinvoiceless',
  'peerswap-swap-in',
  'peerswap-swap-out',
].map((name) => command('spends', name, { acceptsUnknown: true }));
