import type { RuneAuthority } from '@clnrest/runes';
import type { Autoclean } from './autoclean/autoclean.ts';
import type { InvoiceRequests } from './bolt12/invoice-requests.ts';
import type { Offers } from './bolt12/offers.ts';
import type { Bookkeeper } from './bookkeeper/bookkeeper.ts';
import type { Clock } from './clock.ts';
import type { CommandCall, ConnectionSettings } from './commands/command.ts';
import type { CommandRegistry } from './commands/registry.ts';
import type { Datastore } from './datastore/datastore.ts';
import type { NodeDirectory } from './directory/directory.ts';
import type { Invoices } from './invoices/invoices.ts';
import type { NodeKeys } from './keys/node-keys.ts';
import type { LogBook, Logger } from './log/log-book.ts';
import type { Network } from './options/network.ts';
import type { OptionRegistry } from './options/registry.ts';
import type { OutgoingCommands } from './commando/outgoing-commands.ts';
import type { RemotePeers } from './peers/remote-peers.ts';
import type { PluginHost } from './plugins/plugin-host.ts';
import type { SqlQueries } from './sql/queries.ts';
import type { MemberRequests } from './shared-world/member-requests.ts';
import type { World } from './world/world.ts';

/** What other nodes know about the node. */
export interface NodeIdentity {
  /** The public key, 66 hex digits. */
  readonly id: string;
  readonly alias: string;
  /** Six hex digits. */
  readonly color: string;
  readonly network: Network;
}

/** How the node was started. */
export interface NodeConfiguration {
  readonly options: OptionRegistry;
  /** `--developer` is set. */
  readonly developer: boolean;
  /** Results and notifications contain deprecated members. */
  readonly allowDeprecated: boolean;
  readonly directory: NodeDirectory;
  readonly pidFile: string;
}

/** The parts of the node that commands use. Each command declares its parts with `CallWith`. */
export interface Node {
  readonly identity: NodeIdentity;
  readonly configuration: NodeConfiguration;
  readonly clock: Clock;
  readonly log: Logger;
  readonly logBook: LogBook;
  readonly commands: CommandRegistry<Node>;
  readonly plugins: PluginHost;
  readonly keys: NodeKeys;
  readonly runes: RuneAuthority;
  readonly invoices: Invoices;
  readonly offers: Offers;
  readonly invoiceRequests: InvoiceRequests;
  readonly datastore: Datastore;
  readonly world: World;
  readonly autoclean: Autoclean;
  readonly sql: SqlQueries;
  readonly bookkeeper: Bookkeeper;
  /** Nodes that are connected over the Lightning protocol, unlike the simulated ones of the world. */
  readonly peers: RemotePeers;
  /** What nodes of the shared world ask of each other. */
  readonly memberRequests: MemberRequests;
  /** Commands that the node has sent to such peers. */
  readonly outgoing: OutgoingCommands;
  /**
   * Stops the node. Resolves when everything has stopped except the connection of the caller.
   *
   * @param caller - the connection that still gets a reply
   */
  readonly stop: (caller?: ConnectionSettings) => Promise<void>;
}

/** Some parts of the node. */
export type NodeWith<Part extends keyof Node> = Pick<Node, Part>;

/** A call of a command that uses some parts of the node. */
export type CallWith<Part extends keyof Node> = CommandCall<NodeWith<Part>>;
