/** Parameters with the same meaning in all commands that have them; a command's own text comes first. */
export const SHARED_PARAMS: Readonly<Record<string, string>> = {
  feerate:
    'The fee rate: a number of satoshi per 1000 virtual bytes, a text with a unit (`253perkw`), or an estimate (`slow`, `normal`, `urgent`).',
  minconf: 'The least number of confirmations of the outputs to spend.',
  utxos: 'The outputs of the wallet to spend. Default: the node chooses.',
  psbt: 'The PSBT in base64.',
  maxfee: 'The most that fees can cost, in msat.',
  retry_for: 'Seconds to retry before the payment fails. A part in flight can complete later.',
  layers: 'The layers of routing knowledge to apply, as `askrene-create-layer` names them.',
  layer: 'The name of the layer.',
  index: 'The order of the list: by creation or by last change. Required for `start` and `limit`.',
  start: 'The first index to list, with `index`.',
  limit: 'The most entries to list, with `index`.',
  force_feerate: 'Whether to proceed although the fee looks too high.',
};
