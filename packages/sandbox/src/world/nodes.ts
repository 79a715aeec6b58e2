import type { Database, Statement } from '../database/database.ts';
import type { Row } from '../database/row.ts';
import { NodeKeys } from '../keys/node-keys.ts';

/** Our own node's number. */
export const OURS = 0n;

/** The node that is there from the start, to be paid and to pay. */
export const FIRST_PEER = 'bob';

/** How a node treats payments that end at it: as it should, or failing or keeping them. */
export const CONDUCTS = ['accept', 'reject', 'fail', 'hold'] as const;

export type Conduct = (typeof CONDUCTS)[number];

/** A node of the world that is not ours. */
export interface WorldNode {
  readonly number: bigint;
  readonly name: string;
  /** Its public key, 66 hex digits. */
  readonly id: string;
  readonly conduct: Conduct;
}

const COLUMNS = 'id, name, node_id, conduct';

/** The other nodes of the world, who they are and which of them we are connected to. */
export class WorldNodes {
  readonly #keys: NodeKeys;
  readonly #statements: Record<
    'all' | 'byName' | 'byId' | 'byNumber' | 'add' | 'conduct',
    Statement
  >;
  readonly #keysOf = new Map<string, NodeKeys>();

  constructor(database: Database, keys: NodeKeys) {
    this.#keys = keys;
    const select = (rest: string): Statement =>
      database.prepare(`SELECT ${COLUMNS} FROM nodes ${rest}`);
    this.#statements = {
      all: select('ORDER BY id'),
      byName: select('WHERE name = ?'),
      byId: select('WHERE node_id = ?'),
      byNumber: select('WHERE id = ?'),
      add: database.prepare("INSERT INTO nodes (name, node_id, conduct) VALUES (?, ?, 'accept')"),
      conduct: database.prepare('UPDATE nodes SET conduct = ? WHERE id = ?'),
    };
    this.named(FIRST_PEER);
  }

  all(): WorldNode[] {
    return this.#statements.all.all().map(nodeOf);
  }

  /** The node of that name, which comes into the world if it was not there. */
  named(name: string): WorldNode {
    const row = this.#statements.byName.first(name);
    if (row !== undefined) return nodeOf(row);
    this.#statements.add.run(name, this.keysOf(name).id);
    return nodeOf(this.#statements.byName.one(name));
  }

  byId(id: string): WorldNode | undefined {
    const row = this.#statements.byId.first(id);
    return row === undefined ? undefined : nodeOf(row);
  }

  byNumber(number: bigint): WorldNode {
    return nodeOf(this.#statements.byNumber.one(number));
  }

  /** The public key of a node, ours included. */
  idOf(number: bigint): string {
    return number === OURS ? this.#keys.id : this.byNumber(number).id;
  }

  /** All keys of the world derive from ours: the same node always meets the same peers. */
  keysOf(name: string): NodeKeys {
    const known = this.#keysOf.get(name);
    if (known !== undefined) return known;
    const keys = new NodeKeys(this.#keys.makeSecret(Buffer.from(`sandbox node ${name}`)));
    this.#keysOf.set(name, keys);
    return keys;
  }

  setConduct(node: WorldNode, conduct: Conduct): void {
    this.#statements.conduct.run(conduct, node.number);
  }
}

const nodeOf = (row: Row): WorldNode => ({
  number: row.integer('id'),
  name: row.text('name'),
  id: row.text('node_id'),
  conduct: row.text('conduct') as Conduct,
});
