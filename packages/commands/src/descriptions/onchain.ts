import type { CategoryText } from '../description-types.ts';

const PSBT_RESERVE = 'The number of blocks for which to reserve the inputs; 0 reserves none.';
const START_WEIGHT = 'The weight of the transaction before the inputs are added.';
const EXCESS_AS_CHANGE = 'Whether to add an output that returns the excess to the wallet.';
const ANCHOR =
  'Whether the transaction opens a channel with anchors, which keeps an emergency reserve.';
const MIN_WITNESS = 'The least weight of the witness of each input, for the estimate.';
const LOCKTIME = 'The lock time of the transaction. Default: a recent block.';
const OUTPUTS =
  'The outputs, each an object from an address to an amount in satoshi (or `all`, once).';

export const onchain: CategoryText = {
  title: 'On-chain wallet',
  description: 'The on-chain wallet, its transactions, fee rates and blocks.',
  commands: {
    listfunds: {
      summary: 'Lists the outputs of the wallet and the funds in channels.',
      params: { spent: 'Whether to include outputs that are spent.' },
    },
    listtransactions: {
      summary: 'Lists the transactions of the wallet, including those of channels.',
    },
    listaddresses: {
      summary: 'Lists addresses of the wallet.',
      params: {
        address: 'One address, to check whether it is of this wallet.',
        start: 'The index of the first address.',
        limit: 'The most addresses to list. Default: all.',
      },
    },
    newaddr: {
      summary: 'Creates an address of the wallet.',
      description: 'Funds count after one confirmation.',
      params: {
        addresstype:
          'The type: taproot (`p2tr`), SegWit (`bech32`), or both for the same key (`all`).',
      },
    },
    withdraw: {
      summary: 'Sends funds of the wallet to an address.',
      params: {
        destination: 'The address. It must be of the network of the node.',
        satoshi: 'The amount in satoshi, or `all` for everything except an emergency reserve.',
      },
    },
    multiwithdraw: {
      summary: 'Sends funds of the wallet to several addresses with one transaction.',
      params: { outputs: OUTPUTS },
    },
    feerates: {
      summary: 'Returns the fee rates that the node estimates and uses.',
      params: {
        style:
          'The unit: satoshi per 1000 virtual bytes (`perkb`) or per 1000 units of weight (`perkw`).',
      },
    },
    parsefeerate: {
      summary:
        'Converts a fee rate, such as `slow` or `1000perkb`, to satoshi per 1000 units of weight.',
      params: { feerate: 'The fee rate to convert.' },
    },
    waitblockheight: {
      summary: 'Waits until the node has processed a block.',
      description: 'It fails with code 2000 if the time is over.',
      params: { blockheight: 'The height of the block.', timeout: 'Seconds to wait.' },
    },
    txprepare: {
      summary: 'Prepares a transaction from the wallet, and reserves its inputs.',
      description: 'Call `txsend` or `txdiscard` next.',
      params: { outputs: OUTPUTS },
    },
    txsend: {
      summary: 'Signs a prepared transaction, and sends it.',
      params: { txid: 'The transaction id that `txprepare` returned.' },
    },
    txdiscard: {
      summary: 'Discards a prepared transaction, and releases its inputs.',
      params: { txid: 'The transaction id that `txprepare` returned.' },
    },
    fundpsbt: {
      summary: 'Creates a PSBT with inputs of the wallet for an amount, and reserves them.',
      description:
        'The PSBT has no outputs except for change: add yours, then call `signpsbt` and `sendpsbt`.',
      params: {
        satoshi: 'The amount that the inputs must have after fees, in satoshi, or `all`.',
        startweight: START_WEIGHT,
        reserve: PSBT_RESERVE,
        locktime: LOCKTIME,
        min_witness_weight: MIN_WITNESS,
        excess_as_change: EXCESS_AS_CHANGE,
        nonwrapped: 'Whether to leave out outputs of the type P2SH-SegWit.',
        opening_anchor_channel: ANCHOR,
      },
    },
    utxopsbt: {
      summary: 'Creates a PSBT with these outputs of the wallet as inputs, and reserves them.',
      params: {
        satoshi: 'The amount that the inputs must have after fees, in satoshi, or `all`.',
        startweight: START_WEIGHT,
        reserve: PSBT_RESERVE,
        reservedok: 'Whether outputs that are reserved already are allowed.',
        locktime: LOCKTIME,
        min_witness_weight: MIN_WITNESS,
        excess_as_change: EXCESS_AS_CHANGE,
        opening_anchor_channel: ANCHOR,
      },
    },
    addpsbtoutput: {
      summary: 'Adds an output that pays to the wallet, or to an address, to a PSBT.',
      params: {
        satoshi: 'The amount of the output in satoshi.',
        initialpsbt: 'The PSBT. Default: a new one.',
        locktime: LOCKTIME,
        destination: 'The address. Default: a new one of the wallet.',
        add_initiator_serial_ids:
          'Whether to number the output for a channel that both nodes fund.',
      },
    },
    signpsbt: {
      summary: 'Signs the inputs of a PSBT that belong to the wallet.',
      description:
        'The inputs must be reserved: `fundpsbt`, `utxopsbt` and `reserveinputs` do that.',
      params: { signonly: 'The numbers of the inputs to sign. Default: all of the wallet.' },
    },
    sendpsbt: {
      summary: 'Finalises a signed PSBT, and sends the transaction.',
      params: { reserve: 'The number of blocks for which its inputs stay reserved.' },
    },
    setpsbtversion: {
      summary: 'Converts a PSBT to another version of the format.',
      params: { version: 'The version: 0 or 2.' },
    },
    reserveinputs: {
      summary: 'Reserves the inputs of a PSBT, so that the wallet does not use them elsewhere.',
      params: {
        exclusive: 'Whether to fail if an input is reserved already. Default: true.',
        reserve: 'The number of blocks. Default: 72, about 12 hours.',
      },
    },
    unreserveinputs: {
      summary: 'Releases the inputs of a PSBT.',
      params: { reserve: 'The number of blocks by which to shorten the reservation.' },
    },
    upgradewallet: {
      summary: 'Moves funds from P2SH-SegWit addresses to the newest type of address.',
      params: { reservedok: 'Whether to move reserved outputs, too.' },
    },
  },
};
