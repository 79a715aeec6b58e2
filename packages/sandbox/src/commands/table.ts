import type { Node } from '../node.ts';
import { batching } from './batching.ts';
import { blacklistrune, commandoBlacklist, destroyrune } from './blacklistrune.ts';
import { check } from './check.ts';
import { checkrune } from './checkrune.ts';
import { close } from './close.ts';
import { commando } from './commando.ts';
import type { Command } from './command.ts';
import { commandoRune, createrune, invokerune } from './createrune.ts';
import { datastore } from './datastore.ts';
import { datastoreusage } from './datastoreusage.ts';
import { decode } from './decode.ts';
import { deldatastore } from './deldatastore.ts';
import { delinvoice } from './delinvoice.ts';
import { deprecations } from './deprecations.ts';
import { devPayInvoice } from './dev-pay-invoice.ts';
import {
  devCloseChannel,
  devConnect,
  devCustommsg,
  devDisconnect,
  devForward,
  devFundWallet,
  devMine,
  devOpenChannel,
  devPeerInvoice,
  devPeerPay,
  devSetPeer,
  devWorld,
} from './dev-world.ts';
import { feerates } from './feerates.ts';
import { fundchannel } from './fundchannel.ts';
import { getinfo } from './getinfo.ts';
import { getlog } from './getlog.ts';
import { getroute } from './getroute.ts';
import { listchannels, listnodes } from './gossip.ts';
import { help } from './help.ts';
import { invoice } from './invoice.ts';
import { keysend } from './keysend.ts';
import { listconfigs } from './listconfigs.ts';
import { listdatastore } from './listdatastore.ts';
import { listforwards } from './listforwards.ts';
import { listfunds } from './listfunds.ts';
import { listinvoices } from './listinvoices.ts';
import { listpays, listsendpays } from './listpays.ts';
import { listpeerchannels } from './listpeerchannels.ts';
import { listtransactions } from './listtransactions.ts';
import { makesecret } from './makesecret.ts';
import { listaddresses, newaddr } from './newaddr.ts';
import { notifications } from './notifications.ts';
import { pay } from './pay.ts';
import { connect, disconnect, listpeers, ping, sendcustommsg } from './peers.ts';
import { plugin } from './plugin.ts';
import { commandoListrunes, showrunes } from './showrunes.ts';
import { setconfig } from './setconfig.ts';
import { checkmessage, signmessage } from './signmessage.ts';
import { stop } from './stop.ts';
import { waitanyinvoice } from './waitanyinvoice.ts';
import { wait, waitblockheight } from './wait.ts';
import { waitinvoice } from './waitinvoice.ts';
import { waitsendpay } from './waitsendpay.ts';
import { withdraw } from './withdraw.ts';
import { xpay } from './xpay.ts';

/** The sandbox's own commands. */
export const COMMANDS: readonly Command<Node>[] = [
  // The node itself.
  getinfo,
  help,
  check,
  listconfigs,
  setconfig,
  getlog,
  stop,

  // The connection.
  batching,
  notifications,
  deprecations,

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

  // Payments.
  pay,
  xpay,
  keysend,
  listpays,
  listsendpays,
  waitsendpay,
  getroute,
  listforwards,

  // The wallet and the chain.
  newaddr,
  listaddresses,
  listfunds,
  listtransactions,
  withdraw,
  feerates,
  waitblockheight,

  // Peers, channels and gossip.
  connect,
  disconnect,
  listpeers,
  ping,
  sendcustommsg,
  commando,
  fundchannel,
  close,
  listpeerchannels,
  listnodes,
  listchannels,

  // Simulation of the world.
  devWorld,
  devFundWallet,
  devMine,
  devOpenChannel,
  devCloseChannel,
  devConnect,
  devDisconnect,
  devCustommsg,
  devPeerInvoice,
  devPeerPay,
  devForward,
  devSetPeer,

  // Signed messages, and waiting.
  signmessage,
  checkmessage,
  wait,

  // Datastore and secrets.
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
