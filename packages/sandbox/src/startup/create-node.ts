import { OutgoingCommands } from '../commando/outgoing-commands.ts';
import { RemotePeers } from '../peers/remote-peers.ts';
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { millisatoshi } from '@clnrest/lightningd/parameters';
import { RuneAuthority } from '@clnrest/runes';
import { readInvoice } from '@clnrest/runes/invoices';
import { Autoclean } from '../autoclean/autoclean.ts';
import { Bookkeeper } from '../bookkeeper/bookkeeper.ts';
import { InvoiceRequests } from '../bolt12/invoice-requests.ts';
import { Offers } from '../bolt12/offers.ts';
import { PublishedStore } from '../bolt12/published-store.ts';
import { Datastore } from '../datastore/datastore.ts';
import { writePidFile } from '../directory/pid-file.ts';
import { InvoiceStore } from '../invoices/invoice-store.ts';
import { Invoices } from '../invoices/invoices.ts';
import { aliasFor, colorFor } from '../keys/alias.ts';
import { NodeKeys } from '../keys/node-keys.ts';
import type { Node, NodeIdentity } from '../node.ts';
import type { OptionRegistry } from '../options/registry.ts';
import { DatabaseRuneStore } from '../runes/rune-store.ts';
import { SqlQueries } from '../sql/queries.ts';
import { MemberRequests } from '../shared-world/member-requests.ts';
import { channelDefaults } from '../world/channel-defaults.ts';
import { Waits } from '../world/waits.ts';
import { World } from '../world/world.ts';
import { openWorld } from './open-world.ts';
import type { Cleanup } from './cleanup.ts';
import type { Hosting } from './start-plugins.ts';
import type { Lifecycle } from './lifecycle.ts';
import { openStorage, type Base, type Storage } from './open.ts';

const SECRET_BYTES = 32;

/** Writes the pid file, opens the database and creates the node's services, which commands use. */
export function createNode(
  base: Base,
  { plugins, commands, notifier }: Hosting,
  lifecycle: Lifecycle,
  cleanup: Cleanup,
): Node {
  const { network, directory, clock, options, developer, allowDeprecated, logBook, log } = base;
  const given = options.value('pid-file');
  const pidFile = writePidFile(
    given === undefined
      ? resolve(directory.base, `lightningd-${network.name}.pid`)
      : resolve(directory.network, given),
  );
  cleanup.add(() => pidFile.remove());

  const storage = openStorage(directory, cleanup);
  const { database, vars } = storage;
  const keys = nodeKeys(storage, options);
  const store = new InvoiceStore(database, vars);
  const waits = new Waits(vars, notifier);
  const offers = new PublishedStore(database, 'offers');
  const requests = new PublishedStore(database, 'invoice_requests');
  const invoices = new Invoices({ store, keys, network, clock, notifier, waits, offers });
  cleanup.add(() => invoices.close());
  const context = {
    database,
    vars,
    keys,
    network,
    clock,
    notifier,
    logBook,
    deprecated: allowDeprecated,
    emergencySat: (millisatoshi(options.value('min-emergency-msat') ?? '0') ?? 0n) / 1000n,
    channelDefaults: channelDefaults(options),
  };
  const datastore = new Datastore(database);
  const journal = openWorld(base, storage, cleanup);
  const world = new World(context, invoices, waits, journal);
  const autoclean = new Autoclean({ options, clock, log, datastore, invoices, world });
  cleanup.add(() => autoclean.close());
  const { moves, paymentStore: payments } = world;
  const peers = new RemotePeers({ keys, network, notifier, logBook, events: world.networkEvents });
  world.connections.isRemote = (id) => peers.byId(id) !== undefined;
  cleanup.add(() => {
    world.partTimeouts.close();
    world.shared?.close();
  });
  return {
    identity: nodeIdentity(keys, base),
    configuration: { options, developer, allowDeprecated, directory, pidFile: pidFile.path },
    clock,
    log,
    logBook,
    commands,
    plugins,
    keys,
    runes: new RuneAuthority({
      secret: keys.runeSecret,
      store: new DatabaseRuneStore(database),
      now: () => clock.now(),
      readInvoice,
    }),
    invoices,
    offers: new Offers(context, offers, invoices),
    invoiceRequests: new InvoiceRequests(context, requests),
    datastore,
    world,
    autoclean,
    sql: new SqlQueries(),
    bookkeeper: new Bookkeeper({ context, moves, datastore, invoices, payments }),
    peers,
    memberRequests: new MemberRequests((id) => world.nodes.byId(id)?.member !== undefined),
    outgoing: new OutgoingCommands(),
    stop: (caller) => lifecycle.stop(caller),
  };
}

function nodeKeys({ vars }: Storage, options: OptionRegistry): NodeKeys {
  const secret = vars.bytes('node_secret', () => randomBytes(SECRET_BYTES));
  const runeSecret = options.value('dev-rune-secret');
  return new NodeKeys(
    secret,
    runeSecret === undefined ? undefined : Buffer.from(runeSecret, 'hex'),
  );
}

function nodeIdentity({ id }: NodeKeys, { options, network }: Base): NodeIdentity {
  return {
    id,
    alias: options.value('alias') ?? aliasFor(id),
    color: options.value('rgb')?.toLowerCase() ?? colorFor(id),
    network,
  };
}
