import type { RuneAuthority } from '@clnrest/runes';
import type { Clock } from './clock.ts';
import type { ConnectionSettings } from './commands/command.ts';
import type { CommandRegistry } from './commands/registry.ts';
import type { Vars } from './database/vars.ts';
import type { Database } from './database/database.ts';
import type { Datastore } from './datastore/datastore.ts';
import type { NodeDirectory } from './directory/directory.ts';
import type { Invoices } from './invoices/invoices.ts';
import type { NodeKeys } from './keys/node-keys.ts';
import type { LogBook, Logger } from './log/log-book.ts';
import type { Network } from './options/network.ts';
import type { OptionRegistry } from './options/registry.ts';
import type { PluginHost } from './plugins/plugin-host.ts';
import type { World } from './world/world.ts';

/** The node as commands see it: who it is, what it keeps, and what it can do. */
export interface Node {
  /** `--developer` was given. */
  readonly developer: boolean;
  readonly alias: string;
  /** Six hex digits. */
  readonly color: string;
  readonly network: Network;
  readonly directory: NodeDirectory;
  readonly pidFile: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly logBook: LogBook;
  readonly options: OptionRegistry;
  readonly commands: CommandRegistry;
  readonly plugins: PluginHost;
  readonly keys: NodeKeys;
  readonly database: Database;
  readonly vars: Vars;
  readonly runes: RuneAuthority;
  readonly invoices: Invoices;
  readonly world: World;
  /** What lightningd is about to give up is still there. */
  readonly allowDeprecated: boolean;
  readonly datastore: Datastore;
  /**
   * Ends the node. Resolves when all is done but the reply to whoever asked.
   *
   * @param by - the connection that is still to be answered
   */
  stop(by?: ConnectionSettings): Promise<void>;
}
