import type { Database, Statement } from '../database/database.ts';
import type { Row } from '../database/row.ts';
import { NodeKeys } from '../keys/node-keys.ts';

/** The number of our own node. */
export const OURS = 0n;

/** The node that exists from the start. */
export const FIRST_PEER = 'bob';

/** What a node does with a payment to it: accept it, reject it as unknown, fail it, or hold it. */
export const CONDUCTS = ['accept', 'reject', 'fail', 'hold'] as const;

export type Conduct = (typeof CONDUCTS)[number];

/** A node other than ours. */
export interface WorldNode {
  readonly number: bigint;
  readonly name: string;
  /** The public key, 66 hex digits. */
  readonly id: string;
  readonly conduct: Conduct;
  /** Set for another sandbox of the shared world. The other nodes are simulated. */
  readonly member: { readonly alias: string; readonly color: string } | undefined;
}

const COLUMNS = 'id, name, node_id, conduct, alias, color';

/** The other nodes, and their keys. */
export class WorldNodes {
  readonly #keys: NodeKeys;
  readonly #statements: Record<
    'all' | 'byName' | 'byId' | 'byNumber' | 'add' | 'conduct' | 'setMember',
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
      setMember: database.prepare(
        `INSERT INTO nodes (name, node_id, conduct, alias, color) VALUES (?1, ?1, 'accept', ?2, ?3)
         ON CONFLICT (node_id) DO UPDATE SET alias = excluded.alias, color = excluded.color`,
      ),
      conduct: database.prepare('UPDATE nodes SET conduct = ? WHERE id = ?'),
    };
    this.named(FIRST_PEER);
  }

  all(): WorldNode[] {
    return this.#statements.all.all().map(nodeOf);
  }

  /** Returns the node with that name. Creates the node if it does not exist. */
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

  /** Derives the keys of a node from ours, so that the peers of a node never change. */
  keysOf(name: string): NodeKeys {
    const known = this.#keysOf.get(name);
    if (known !== undefined) return known;
    const keys = new NodeKeys(this.#keys.makeSecret(Buffer.from(`sandbox node ${name}`)));
    this.#keysOf.set(name, keys);
    return keys;
  }

  /** Adds a node of the shared world, or changes what is known about it. */
  setMember({ id, alias, color }: { id: string; alias: string; color: string }): void {
    this.#statements.setMember.run(id, alias, color);
  }

  setConduct(node: WorldNode, conduct: Conduct): void {
    this.#statements.conduct.run(conduct, node.number);
  }
}

function nodeOf(row: Row): WorldNode {
  const alias = row.optionalText('alias');
  return {
    number: row.integer('id'),
    name: row.text('name'),
    id: row.text('node_id'),
    conduct: row.text('conduct') as Conduct,
    member: alias === undefined ? undefined : { alias, color: row.text('color') },
  };
}
