import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { bool, defaulted, optional, required } from '@clnrest/lightningd/parameters';
import { csvOf } from '../bookkeeper/csv.ts';
import { incomeOf } from '../bookkeeper/income.ts';
import { formatEvent } from '../bookkeeper/report-format.ts';
import { seconds } from '../clock.ts';
import type { CallWith } from '../node.ts';
import {
  csvFormat,
  jsonText,
  reportEscape,
  reportFormat,
  reportHeaders,
} from '../params/bookkeeping.ts';
import { ledgerOf, PERIOD } from './bkpr-lists.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

export const bkprDumpincomecsv = defineCommand({
  name: 'bkpr-dumpincomecsv',
  parameters: {
    csv_format: required(csvFormat),
    csv_file: optional(jsonText),
    consolidate_fees: defaulted(bool, true),
    ...PERIOD,
  },
  async run(
    { csv_format: format, csv_file, consolidate_fees, start_time: start, end_time: end },
    { node }: CallWith<'bookkeeper' | 'identity' | 'clock' | 'configuration'>,
  ) {
    const { books, descriptions, currency } = ledgerOf(node);
    const file = csv_file ?? `cln_incomestmt_${format.name}_${seconds(node.clock)}.csv`;
    const events = incomeOf(books, descriptions, { start, end }, consolidate_fees);
    try {
      // lightningd's plugins run in the directory of the network.
      const path = resolve(node.configuration.directory.network, file);
      await writeFile(path, csvOf(format, events, currency));
    } catch {
      const message = `Unable to create csv file: Failed to open csv file ${file}`;
      throw new CommandError(ErrorCode.pluginFailed, message);
    }
    return { csv_file: file, csv_format: format.name };
  },
});

export const bkprReport = defineCommand({
  name: 'bkpr-report',
  parameters: {
    format: required(reportFormat),
    headers: optional(reportHeaders),
    escape: defaulted(reportEscape, (value: string) => value),
    ...PERIOD,
  },
  run(
    { format, headers = [], escape, start_time: start, end_time: end },
    { node }: CallWith<'bookkeeper' | 'identity'>,
  ) {
    const { books, descriptions } = ledgerOf(node);
    const events = incomeOf(books, descriptions, { start, end }, true);
    const lines = events.map((event) => formatEvent(format, event, escape));
    return { report: [...headers, ...lines], 'format-hint': 'simple' };
  },
});
