import { setImmediate as afterOthers } from 'node:timers/promises';
import type { MethodHelp, MethodList } from '../../node/method-list.ts';
import type { PathTable } from '../../routing/path-table.ts';
import { prepareLargePage, type PreparedPage } from '../page.ts';
import { assemble, describeCommand, type DescribedCommand, type Registered } from './document.ts';
import { readFacts } from './facts/read-facts.ts';
import { type OperationGroup, operationGroups } from './operation-groups.ts';

/** The description of the node's current API. */
export interface Description {
  /** The OpenAPI document. */
  readonly page: PreparedPage;
  /** The operations of the document in groups. */
  readonly groups: readonly OperationGroup[];
}

/** A description, and what it was built from. */
interface Built {
  readonly source: string;
  readonly description: Promise<Description>;
}

/**
 * Describes the node's current API: its `help`, which changes when plugins start and stop, and the registered paths. Builds
 * a description only after a change, because clients without a rune can request it often.
 */
export class ApiDescription {
  readonly #methods: MethodList;
  readonly #table: PathTable;
  #built: Built | undefined;

  constructor(methods: MethodList, table: PathTable) {
    this.#methods = methods;
    this.#table = table;
  }

  /** Rejects with a refusal if the node does not respond. */
  async read(): Promise<Description> {
    const { text, commands } = await this.#methods.read();
    const table = this.#table;
    const paths = table.registrations();
    const source = text + JSON.stringify(paths);
    if (this.#built?.source !== source) {
      const registered = { paths, has: (path: string) => table.isRegistered(path) };
      this.#built = { source, description: describe(commands, registered) };
      this.#built.description.catch(() => {
        this.#built = undefined;
      });
    }
    return this.#built.description;
  }
}

/** How many commands are described in one step. */
const COMMANDS_AT_ONCE = 25;

/** Describes an API in steps, between which the process serves other requests: together they take some 50 ms. */
async function describe(help: readonly MethodHelp[], registered: Registered): Promise<Description> {
  const facts = readFacts();
  const described: DescribedCommand[] = [];
  for (let at = 0; at < help.length; at += COMMANDS_AT_ONCE) {
    await afterOthers();
    const some = help.slice(at, at + COMMANDS_AT_ONCE);
    described.push(...some.flatMap((entry) => describeCommand(entry, facts) ?? []));
  }
  const document = assemble(described, registered, facts);
  await afterOthers();
  const bytes = Buffer.from(JSON.stringify(document));
  const groups = operationGroups(document, facts);
  return { page: await prepareLargePage({ type: 'application/json', bytes }), groups };
}
