import type { Node } from '../node.ts';
import { batching } from './batching.ts';
import {
  bkprEditdescriptionbyoutpoint,
  bkprEditdescriptionbypaymentid,
} from './bkpr-editdescription.ts';
import { bkprChannelsapy, bkprInspect } from './bkpr-inspect.ts';
import { bkprListaccountevents, bkprListbalances, bkprListincome } from './bkpr-lists.ts';
import { bkprDumpincomecsv, bkprReport } from './bkpr-reports.ts';
import { blacklistrune, commandoBlacklist, destroyrune } from './blacklistrune.ts';
import { cancelrecurringinvoice } from './cancelrecurringinvoice.ts';
import { check } from './check.ts';
import { checkrune } from './checkrune.ts';
import { close } from './close.ts';
import { commando } from './commando.ts';
import type { Command } from './command.ts';
import { commandoRune, createrune, invokerune } from './createrune.ts';
import { createinvoice, signinvoice } from './createinvoice.ts';
import { createproof } from './createproof.ts';
import { currencyconvert, currencyrate, listcurrencyrates } from './currencyrates.ts';
import { datastore } from './datastore.ts';
import { datastoreusage } from './datastoreusage.ts';
import { decode } from './decode.ts';
import { deldatastore } from './deldatastore.ts';
import { delforward } from './delforward.ts';
import { delinvoice } from './delinvoice.ts';
import { delpay } from './delpay.ts';
import { deprecations } from './deprecations.ts';
import {
  devPeerFetchinvoice,
  devPeerInvoicerequest,
  devPeerOffer,
  devPeerSendinvoice,
  devSetCurrencyrate,
} from './dev-bolt12.ts';
import { devPayInvoice } from './dev-pay-invoice.ts';
import { devFailPayment, devSettlePayment } from './dev-payments.ts';
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
import { estimatefees } from './estimatefees.ts';
import { fetchinvoice } from './fetchinvoice.ts';
import { feerates } from './feerates.ts';
import { fundchannel } from './fundchannel.ts';
import { getinfo } from './getinfo.ts';
import { getlog } from './getlog.ts';
import { getroute } from './getroute.ts';
import { getroutes } from './getroutes.ts';
import { listchannels, listnodes } from './gossip.ts';
import { help } from './help.ts';
import { invoice } from './invoice.ts';
import { disableinvoicerequest, invoicerequest, listinvoicerequests } from './invoicerequest.ts';
import { keysend } from './keysend.ts';
import { listclosedchannels } from './listclosedchannels.ts';
import { listconfigs } from './listconfigs.ts';
import { listdatastore } from './listdatastore.ts';
import { listforwards } from './listforwards.ts';
import { listfunds } from './listfunds.ts';
import { listhtlcs } from './listhtlcs.ts';
import { listinvoices } from './listinvoices.ts';
import { listchainmoves, listchannelmoves } from './listmoves.ts';
import { delnetworkevent, listnetworkevents } from './listnetworkevents.ts';
import { disableoffer, enableoffer, listoffers } from './listoffers.ts';
import { listpays, listsendpays } from './listpays.ts';
import { listsqlschemas } from './listsqlschemas.ts';
import { listpeerchannels } from './listpeerchannels.ts';
import { listtransactions } from './listtransactions.ts';
import { makesecret } from './makesecret.ts';
import { listaddresses, newaddr } from './newaddr.ts';
import { notifications } from './notifications.ts';
import { offer } from './offer.ts';
import { parsefeerate } from './parsefeerate.ts';
import { pay } from './pay.ts';
import { preapproveinvoice, preapprovekeysend } from './preapprove.ts';
import { connect, disconnect, listpeers, ping } from './peers.ts';
import { plugin } from './plugin.ts';
import { commandoListrunes, showrunes } from './showrunes.ts';
import { sendcustommsg } from './sendcustommsg.ts';
import { sendinvoice } from './sendinvoice.ts';
import { sendpay } from './sendpay.ts';
import { setconfig } from './setconfig.ts';
import { checkmessage, signmessage } from './signmessage.ts';
import { signmessagewithkey } from './signmessagewithkey.ts';
import { sql } from './sql.ts';
import { stop } from './stop.ts';
import { waitanyinvoice } from './waitanyinvoice.ts';
import { wait, waitblockheight } from './wait.ts';
import { waitinvoice } from './waitinvoice.ts';
import { waitsendpay } from './waitsendpay.ts';
import { withdraw } from './withdraw.ts';
import { xkeysend } from './xkeysend.ts';
import { xpay } from './xpay.ts';
import { autocleanOnce, autocleanStatus } from './autoclean.ts';
import { exposesecret } from './exposesecret.ts';
import { graceful } from './graceful.ts';
import { multifundchannel } from './multifundchannel.ts';
import { setchannel } from './setchannel.ts';
import { staticbackup } from './staticbackup.ts';
import { addpsbtinput } from './addpsbtinput.ts';
import { addpsbtoutput } from './addpsbtoutput.ts';
import { fundpsbt, utxopsbt } from './fundpsbt.ts';
import { multiwithdraw } from './multiwithdraw.ts';
import { reserveinputs, unreserveinputs } from './reserveinputs.ts';
import { sendpsbt } from './sendpsbt.ts';
import { setpsbtversion } from './setpsbtversion.ts';
import { signpsbt } from './signpsbt.ts';
import { txdiscard, txprepare, txsend } from './txprepare.ts';

/** The sandbox's own commands. */
export const COMMANDS: readonly Command<Node>[] = [
  // The node itself.
  getinfo,
  help,
  check,
  listconfigs,
  setconfig,
  getlog,
  autocleanStatus,
  autocleanOnce,
  graceful,
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
  createinvoice,
  signinvoice,
  decode,
  devPayInvoice,

  // BOLT 12.
  offer,
  listoffers,
  disableoffer,
  enableoffer,
  fetchinvoice,
  cancelrecurringinvoice,
  createproof,
  currencyconvert,
  currencyrate,
  listcurrencyrates,
  invoicerequest,
  listinvoicerequests,
  disableinvoicerequest,
  sendinvoice,

  // Payments.
  pay,
  xpay,
  keysend,
  xkeysend,
  sendpay,
  preapproveinvoice,
  preapprovekeysend,
  listpays,
  listsendpays,
  waitsendpay,
  delpay,
  getroute,
  getroutes,
  listforwards,
  delforward,

  // The wallet and the chain.
  newaddr,
  listaddresses,
  listfunds,
  listtransactions,
  withdraw,
  multiwithdraw,
  txprepare,
  txsend,
  txdiscard,
  fundpsbt,
  utxopsbt,
  addpsbtinput,
  addpsbtoutput,
  setpsbtversion,
  signpsbt,
  sendpsbt,
  reserveinputs,
  unreserveinputs,
  feerates,
  parsefeerate,
  estimatefees,
  waitblockheight,

  // Peers, channels and gossip.
  connect,
  disconnect,
  listpeers,
  listnetworkevents,
  delnetworkevent,
  ping,
  sendcustommsg,
  commando,
  fundchannel,
  multifundchannel,
  setchannel,
  close,
  listpeerchannels,
  listclosedchannels,
  listhtlcs,
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
  devPeerOffer,
  devPeerFetchinvoice,
  devPeerInvoicerequest,
  devSetCurrencyrate,
  devPeerSendinvoice,
  devForward,
  devSetPeer,
  devSettlePayment,
  devFailPayment,

  // Signed messages, and waiting.
  signmessage,
  checkmessage,
  signmessagewithkey,
  wait,

  // Datastore and secrets.
  datastore,
  listdatastore,
  deldatastore,
  datastoreusage,
  makesecret,
  exposesecret,
  staticbackup,

  // Queries and bookkeeping.
  sql,
  listsqlschemas,
  listchainmoves,
  listchannelmoves,
  bkprListbalances,
  bkprListaccountevents,
  bkprListincome,
  bkprInspect,
  bkprChannelsapy,
  bkprDumpincomecsv,
  bkprReport,
  bkprEditdescriptionbypaymentid,
  bkprEditdescriptionbyoutpoint,

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
