import type { CategoryText } from '../description-types.ts';

const START_TIME = 'The earliest time, in seconds since 1970. Default: the first event.';
const END_TIME = 'The latest time, in seconds since 1970. Default: the last event.';
const CONSOLIDATE = 'Whether to add up the on-chain fees of each account.';

export const bookkeeping: CategoryText = {
  title: 'Bookkeeping',
  description: 'Income, expenses and balances. Each channel is an account, and so is the wallet.',
  commands: {
    'bkpr-listbalances': { summary: 'Lists the balances of all accounts.' },
    'bkpr-listincome': {
      summary: 'Lists income and expenses.',
      params: { consolidate_fees: CONSOLIDATE, start_time: START_TIME, end_time: END_TIME },
    },
    'bkpr-listaccountevents': {
      summary: 'Lists the events of accounts: movements on-chain and in channels, and fees.',
      params: {
        account: 'The account: `wallet` or a channel id. Default: all accounts.',
        payment_id: 'The payment hash or transaction id of the events.',
      },
    },
    'bkpr-inspect': {
      summary: 'Lists the on-chain transactions of a channel, with their outputs and fees.',
      params: { account: 'The channel id.' },
    },
    'bkpr-channelsapy': {
      summary: 'Calculates fees, usage and yearly yield of each channel.',
      params: { start_time: START_TIME, end_time: END_TIME },
    },
    'bkpr-dumpincomecsv': {
      summary: 'Writes income and expenses to a CSV file on the machine of the node.',
      params: {
        csv_format:
          'The program that reads the file: `cointracker`, `koinly`, `harmony` or `quickbooks`.',
        csv_file: 'The path of the file. Default: a file in the directory of the node.',
        consolidate_fees: CONSOLIDATE,
        start_time: START_TIME,
        end_time: END_TIME,
      },
    },
    'bkpr-report': {
      summary: 'Returns income and expenses as lines of text in a format that you choose.',
      params: {
        format: 'The format of a line. `{tag}` and similar names in braces become values.',
        headers: 'Lines to place before.',
        escape: 'How to escape values: `csv` or `none`.',
        start_time: START_TIME,
        end_time: END_TIME,
      },
    },
    'bkpr-editdescriptionbyoutpoint': {
      summary: 'Changes the description of an on-chain event.',
      params: { outpoint: 'The outpoint of the event.', description: 'The new description.' },
    },
    'bkpr-editdescriptionbypaymentid': {
      summary: 'Changes the description of the events of a payment or transaction.',
      params: {
        payment_id: 'The payment hash or transaction id.',
        description: 'The new description.',
      },
    },
    listchainmoves: {
      summary:
        'Lists movements of funds on-chain, one entry for each output that was created or spent.',
    },
    listchannelmoves: { summary: 'Lists movements of funds in channels.' },
  },
};
