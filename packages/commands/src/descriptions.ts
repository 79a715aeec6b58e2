import type { CommandText } from './description-types.ts';
import { CATEGORIES, type Category } from './descriptions/index.ts';
import { HOOKS, NOTIFICATIONS } from './descriptions/events.ts';
import { FIELDS } from './descriptions/fields.ts';
import { SHARED_PARAMS } from './descriptions/shared-params.ts';
import { COMMAND_FACTS } from './facts.ts';
import { withDefault } from './with-default.ts';
import type { LightningdCommand } from './types/commands.ts';
import type { HookName } from './types/hooks.ts';
import type { NotificationTopic } from './types/notifications.ts';

export type { Category } from './descriptions/index.ts';

/** What a reader needs to know about a command. */
export interface CommandDescription {
  readonly name: LightningdCommand;
  readonly category: Category;
  /** What the command does: one sentence that starts with a verb. */
  readonly summary: string;
  readonly description?: string;
  /** The texts about parameters, by name. Parameters for rare purposes have none. */
  readonly params: Readonly<Record<string, string>>;
  /** The version that added the command. */
  readonly added?: string;
  /** The version that deprecated the command, and the one in which removal is due. */
  readonly deprecated?: readonly string[];
}

const TEXTS = new Map(
  (Object.keys(CATEGORIES) as Category[]).flatMap((category) =>
    Object.entries(CATEGORIES[category].commands).map(
      ([name, text]) => [name, { category, text: text as CommandText<LightningdCommand> }] as const,
    ),
  ),
);

/**
 * Returns the texts about a command, and `undefined` for commands that are not part of lightningd.
 *
 * @example
 * ```ts
 * import { describeCommand } from '@clnrest/commands/descriptions';
 * describeCommand('invoice')?.summary // => 'Creates an invoice.'
 * describeCommand('invoice')?.category // => 'invoices'
 * describeCommand('listinvoices')?.params['limit'] // => 'The most entries to list, with `index`.'
 * describeCommand('mine') // => undefined
 * ```
 */
export function describeCommand(name: string): CommandDescription | undefined {
  const entry = TEXTS.get(name);
  if (entry === undefined) return undefined;
  const { category, text } = entry;
  const command = name as LightningdCommand;
  const { added, deprecated, defaults, positions } = COMMAND_FACTS[command];
  const own: Readonly<Record<string, string | undefined>> = text.params ?? {};
  const params = positions.flatMap((param) => {
    const description = withDefault(own[param] ?? SHARED_PARAMS[param], defaults?.[param]);
    return description === undefined ? [] : [[param, description] as const];
  });
  return {
    name: command,
    category,
    summary: text.summary,
    ...(text.description !== undefined && { description: text.description }),
    params: Object.fromEntries(params),
    ...(added !== undefined && { added }),
    ...(deprecated !== undefined && { deprecated }),
  };
}

/**
 * The categories of commands in display order.
 *
 * @example
 * ```ts
 * import { categories } from '@clnrest/commands/descriptions';
 * categories[2] // => { name: 'invoices', title: 'Invoices', description: 'Invoices of this node: amounts that others pay.' }
 * ```
 */
export const categories: readonly {
  readonly name: Category;
  readonly title: string;
  readonly description: string;
}[] = (Object.keys(CATEGORIES) as Category[]).map((name) => ({
  name,
  title: CATEGORIES[name].title,
  description: CATEGORIES[name].description,
}));

/**
 * Returns what a member of a result or payload means, by its name.
 *
 * @example
 * ```ts
 * import { describeField } from '@clnrest/commands/descriptions';
 * describeField('paid_at') // => 'When it was paid, in seconds since 1970.'
 * ```
 */
export function describeField(name: string): string | undefined {
  return Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
}

/**
 * Returns what a notification means.
 *
 * @example
 * ```ts
 * import { describeNotification } from '@clnrest/commands/descriptions';
 * describeNotification('invoice_payment') // => 'Reports that an invoice has been paid.'
 * ```
 */
export function describeNotification(topic: NotificationTopic): string {
  return NOTIFICATIONS[topic];
}

/**
 * Returns what a hook decides.
 *
 * @example
 * ```ts
 * import { describeHook } from '@clnrest/commands/descriptions';
 * describeHook('peer_connected') // => 'Decides whether a peer may stay connected.'
 * ```
 */
export function describeHook(name: HookName): string {
  return HOOKS[name];
}
