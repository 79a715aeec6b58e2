import { batching } from './batching.ts';
import { blacklistrune, commandoBlacklist, destroyrune } from './blacklistrune.ts';
import { check } from './check.ts';
import { checkrune } from './checkrune.ts';
import type { Command } from './command.ts';
import { commandoRune, createrune, invokerune } from './createrune.ts';
import { datastore } from './datastore.ts';
import { datastoreusage } from './datastoreusage.ts';
import { decode } from './decode.ts';
import { deldatastore } from './deldatastore.ts';
import { delinvoice } from './delinvoice.ts';
import { devPayInvoice } from './dev-pay-invoice.ts';
import { getinfo } from './getinfo.ts';
import { getlog } from './getlog.ts';
import { help } from './help.ts';
import { invoice } from './invoice.ts';
import { listconfigs } from './listconfigs.ts';
import { listdatastore } from './listdatastore.ts';
import { listinvoices } from './listinvoices.ts';
import { makesecret } from './makesecret.ts';
import { notifications } from './notifications.ts';
import { plugin } from './plugin.ts';
import { commandoListrunes, showrunes } from './showrunes.ts';
import { stop } from './stop.ts';
import { waitanyinvoice } from './waitanyinvoice.ts';
import { waitinvoice } from './waitinvoice.ts';

/** The sandbox's own commands, all of them. */
export const COMMANDS: readonly Command[] = [
  // The node itself.
  getinfo,
  help,
  check,
  listconfigs,
  getlog,
  stop,

  // The connection.
  batching,
  notifications,

  // Plugins.
  plugin,

  // Invoices.
  invoice,
  listinvoices,
  delinvoice,
  waitinvoice,
  waitanyinvoice,
  decode,
  devPayInvoice,

  // What others keep here.
  datastore,
  listdatastore,
  deldatastore,
  datastoreusage,
  makesecret,

  // Runes.
  createrune,
  checkrune,
  showrunes,
  blacklistrune,
  invokerune,
  destroyrune,
  commandoRune,
  commandoListrunes,
  commandoBlacklist,
];
