import type { Facts } from './facts/facts.ts';
import type { Tag } from './known-commands.ts';

/** A group of operations. */
export interface Group {
  readonly name: Tag;
  readonly title: string;
  readonly description: string;
}

const SERVER: Group = {
  name: 'server',
  title: 'This server',
  description: 'Endpoints of this server in addition to the commands of the node.',
};

const OTHERS: readonly Group[] = [
  {
    name: 'plugins',
    title: 'Plugins',
    description: 'Commands of plugins that are not part of Core Lightning.',
  },
  {
    name: 'paths',
    title: 'Registered paths',
    description: 'Registered paths, with the commands that they run.',
  },
];

/** Returns the groups in display order. */
export function groupsOf({ categories }: Facts): readonly Group[] {
  return [SERVER, ...categories, ...OTHERS];
}
