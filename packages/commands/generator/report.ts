import { isDeepStrictEqual } from 'node:util';
import type { DescriptionSource } from './description-source.ts';
import type { CommandFacts, Facts, FactSchema } from './fact-types.ts';
import { visible } from './object-types.ts';

/** Returns what a new version changes, one line per item; nothing if the facts are equal. */
export function changesBetween(before: Facts, after: Facts): string[] {
  return [
    ...changedEntries('command', before.commands, after.commands, changedCommand),
    ...changedEntries('notification', before.notifications, after.notifications, changedParts),
    ...changedEntries('hook', before.hooks, after.hooks, changedParts),
  ];
}

/** Returns the commands and parameters without a text, one line each. */
export function missingTexts(facts: Facts, descriptions: DescriptionSource): string[] {
  const commands = Object.entries(facts.commands).flatMap(([name, { params }]) => {
    const own = descriptions.summary(name) === '' ? [`no summary: command ${name}`] : [];
    const unknown = Object.keys(visible(params).properties ?? {}).filter(
      (param) => descriptions.param(name, [param]) === undefined,
    );
    return own.concat(unknown.map((param) => `no text: parameter ${name}.${param}`));
  });
  const notifications = Object.values(facts.notifications)
    .filter(({ notification }) => descriptions.notification(notification) === '')
    .map(({ notification }) => `no text: notification ${notification}`);
  const hooks = Object.keys(facts.hooks)
    .filter((name) => descriptions.hook(name) === '')
    .map((name) => `no text: hook ${name}`);
  return [...commands, ...notifications, ...hooks];
}

type Entries<T> = Readonly<Record<string, T>>;

function changedEntries<T>(
  kind: string,
  before: Entries<T>,
  after: Entries<T>,
  details: (before: T, after: T) => string[],
): string[] {
  return namesOf(before, after).flatMap((name) => {
    const [old, now] = [before[name], after[name]];
    if (old === undefined) return [`new: ${kind} ${name}`];
    if (now === undefined) return [`removed: ${kind} ${name}`];
    return details(old, now).map((detail) => `changed: ${kind} ${name}: ${detail}`);
  });
}

function changedCommand(before: CommandFacts, after: CommandFacts): string[] {
  const { params: oldParams, ...old } = before;
  const { params: newParams, ...now } = after;
  return [...changedParams(oldParams, newParams), ...changedParts(old, now)];
}

function changedParams(before: FactSchema, after: FactSchema): string[] {
  const [old, now] = [before.properties ?? {}, after.properties ?? {}];
  const changes = namesOf(old, now).flatMap((name) => {
    if (old[name] === undefined) return [`new parameter ${name}`];
    if (now[name] === undefined) return [`removed parameter ${name}`];
    return isDeepStrictEqual(old[name], now[name]) ? [] : [`changed parameter ${name}`];
  });
  const orderOf = (properties: Entries<FactSchema>) => Object.keys(properties).join();
  if (changes.length === 0 && orderOf(old) !== orderOf(now)) changes.push('order of parameters');
  if (!isDeepStrictEqual(before.required, after.required)) changes.push('required parameters');
  return changes;
}

function changedParts(before: object, after: object): string[] {
  const [old, now] = [before as Entries<unknown>, after as Entries<unknown>];
  return namesOf(old, now).filter((name) => !isDeepStrictEqual(old[name], now[name]));
}

function namesOf(before: object, after: object): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
}
