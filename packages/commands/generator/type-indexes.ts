import type { DescriptionSource } from './description-source.ts';
import { docComment, versionNotes } from './doc.ts';
import type { Facts } from './fact-types.ts';
import { key, typeName } from './names.ts';
import type { TypeModule } from './type-modules.ts';

/** Returns the module with the tables of all commands. */
export function commandIndex(
  facts: Facts,
  modules: readonly TypeModule[],
  descriptions: DescriptionSource,
): string {
  const names = Object.keys(facts.commands);
  const entry = (name: string, type: string) =>
    `${docComment([descriptions.summary(name), ...versionNotes(facts.commands[name] ?? {})])}${key(name)}: ${type};`;
  const table = (name: string, doc: string, suffix: string) =>
    `${docComment([doc])}export interface ${name} {\n${names.map((command) => entry(command, typeName(command) + suffix)).join('\n')}\n}`;
  const errors = names.map((name) => {
    const codes = facts.commands[name]?.errors ?? [];
    return `${key(name)}: ${codes.length === 0 ? 'never' : codes.join(' | ')};`;
  });
  return [
    importsOf(
      modules,
      './commands',
      ['Params', 'Args', 'Result'],
      names.map((name) => typeName(name)),
    ),
    reexports(modules, './commands'),
    nameType(
      'LightningdCommand',
      'The name of a command of lightningd itself, without those that plugins add.',
      names,
    ),
    table(
      'CommandParams',
      `The parameters of each command of lightningd ${facts.version}, by name.`,
      'Params',
    ),
    table(
      'CommandArgs',
      `The positional parameters of each command of lightningd ${facts.version}.`,
      'Args',
    ),
    table('CommandResults', `The result of each command of lightningd ${facts.version}.`, 'Result'),
    `${docComment([`The codes of the errors that each command documents; others such as -32602 are possible for all.`])}export interface CommandErrors {\n${errors.join('\n')}\n}`,
  ].join('\n\n');
}

function importsOf(
  modules: readonly TypeModule[],
  folder: string,
  suffixes: readonly string[],
  types: readonly string[],
): string {
  const wanted = new Set(types.flatMap((type) => suffixes.map((suffix) => type + suffix)));
  return modules
    .map(
      ({ file, names }) =>
        `import type { ${names.filter((name) => wanted.has(name)).join(', ')} } from '${folder}/${baseName(file)}';`,
    )
    .join('\n');
}

function reexports(modules: readonly TypeModule[], folder: string): string {
  return modules.map(({ file }) => `export type * from '${folder}/${baseName(file)}';`).join('\n');
}

/** Names do not follow from the interfaces, to which plugins add their own commands. */
function nameType(type: string, doc: string, names: readonly string[]): string {
  return `${docComment([doc])}export type ${type} = ${names.map((name) => `'${name}'`).join(' | ')};`;
}

function baseName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

/** Returns the module with the table of all notifications. */
export function notificationIndex(
  facts: Facts,
  modules: readonly TypeModule[],
  descriptions: DescriptionSource,
): string {
  const topics = Object.values(facts.notifications);
  const entries = topics.map((each) => {
    const doc = docComment([descriptions.notification(each.notification), ...versionNotes(each)]);
    return `${doc}${key(each.notification)}: ${typeName(each.notification)}Notification;`;
  });
  return [
    importsOf(
      modules,
      './notifications',
      ['Notification'],
      topics.map((each) => typeName(each.notification)),
    ),
    reexports(modules, './notifications'),
    nameType(
      'NotificationTopic',
      'The topic of a notification of lightningd.',
      topics.map(({ notification }) => notification),
    ),
    `${docComment([`The payload of each notification of lightningd ${facts.version}. lightningd sends it under the topic: \`{"invoice_payment":{…}}\`.`])}export interface NotificationPayloads {\n${entries.join('\n')}\n}`,
  ].join('\n\n');
}

/** Returns the module with the table of all hooks. */
export function hookIndex(
  facts: Facts,
  modules: readonly TypeModule[],
  descriptions: DescriptionSource,
): string {
  const names = Object.keys(facts.hooks);
  const entries = names.map((name) => {
    const type = typeName(name, 'hook');
    const doc = docComment([descriptions.hook(name), ...versionNotes(facts.hooks[name] ?? {})]);
    return `${doc}${key(name)}: { readonly request: ${type}Request; readonly response: ${type}Response };`;
  });
  return [
    importsOf(
      modules,
      './hooks',
      ['Request', 'Response'],
      names.map((name) => typeName(name, 'hook')),
    ),
    reexports(modules, './hooks'),
    nameType('HookName', 'The name of a hook of lightningd.', names),
    `${docComment([`What lightningd ${facts.version} sends to a plugin for each hook, and what the plugin returns.`])}export interface HookPayloads {\n${entries.join('\n')}\n}`,
  ].join('\n\n');
}
