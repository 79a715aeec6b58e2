import type { DescriptionSource } from './description-source.ts';
import { docComment, versionNotes } from './doc.ts';
import type { CommandFacts, FactSchema, HookFacts, NotificationFacts } from './fact-types.ts';
import { typeName } from './names.ts';
import { TypeWriter, visible } from './object-types.ts';

/** One module of types: its text without the header, and the names it exports. */
export interface TypeModule {
  readonly file: string;
  readonly text: string;
  readonly names: readonly string[];
}

/** Returns the types of one command. */
export function commandModule(
  name: string,
  facts: CommandFacts,
  descriptions: DescriptionSource,
): TypeModule {
  const type = typeName(name);
  const summary = descriptions.summary(name);
  const params = new TypeWriter('param', (path) => descriptions.param(name, path));
  params.declare(`${type}Params`, facts.params, [
    `Parameters of \`${name}\`. ${summary}`,
    descriptions.description(name),
    ...versionNotes(facts),
  ]);
  const args = argsType(params, name, facts);
  const result = new TypeWriter('result', (path) => descriptions.field(path));
  result.declare(
    `${type}Result`,
    facts.result,
    [`Result of \`${name}\`. ${summary}`, ...versionNotes(facts)],
    { prefix: type, path: [] },
  );
  return {
    file: `src/types/commands/${name}.ts`,
    text: withImports(
      [params, result],
      [...params.declarations, args, ...result.declarations],
      '../../formats.ts',
    ),
    names: [...params.names, `${type}Args`, ...result.names],
  };
}

/** Returns the tuple of positional parameters. `null` keeps the default of an optional one. */
function argsType(writer: TypeWriter, name: string, facts: CommandFacts): string {
  const properties = facts.params.properties ?? {};
  const required = new Set(facts.params.required);
  const order = facts.positions ?? Object.keys(visible(facts.params).properties ?? {});
  const lastRequired = order.findLastIndex((param) => required.has(param));
  const elements = order.map((param, at) => {
    const schema: FactSchema = properties[param] ?? {};
    const label = param.replaceAll(/[^A-Za-z0-9_]/g, '_');
    if (schema.hidden === true) return `${label}?: null`;
    const type = writer.type(typeName(name, 'params', param), schema, [param]);
    if (required.has(param)) return `${label}: ${type}`;
    return at < lastRequired ? `${label}: ${type} | null` : `${label}?: ${type} | null`;
  });
  const doc = docComment([`Positional parameters of \`${name}\`; \`null\` keeps a default.`]);
  return `${doc}export type ${typeName(name)}Args = readonly [${elements.join(', ')}];`;
}

/** Returns the types of one notification. */
export function notificationModule(
  facts: NotificationFacts,
  descriptions: DescriptionSource,
): TypeModule {
  const writer = new TypeWriter('result', (path) => descriptions.field(path));
  const doc = [
    `Payload of the notification \`${facts.notification}\`. ${descriptions.notification(facts.notification)}`,
    ...versionNotes(facts),
  ];
  writer.declare(`${typeName(facts.notification)}Notification`, facts.response, doc);
  return {
    file: `src/types/notifications/${facts.notification}.ts`,
    text: withImports([writer], writer.declarations, '../../formats.ts'),
    names: writer.names,
  };
}

/** Returns the types of one hook. */
export function hookModule(
  name: string,
  facts: HookFacts,
  descriptions: DescriptionSource,
): TypeModule {
  const request = new TypeWriter('result', (path) => descriptions.field(path));
  const response = new TypeWriter('param', (path) => descriptions.field(path));
  const type = typeName(name, 'hook');
  request.declare(`${type}Request`, facts.request, [
    `Payload of the hook \`${name}\`. ${descriptions.hook(name)}`,
    ...versionNotes(facts),
  ]);
  response.declare(`${type}Response`, facts.response, [
    `What a plugin returns for the hook \`${name}\`.`,
    ...versionNotes(facts),
  ]);
  return {
    file: `src/types/hooks/${name}.ts`,
    text: withImports(
      [request, response],
      [...request.declarations, ...response.declarations],
      '../../formats.ts',
    ),
    names: [...request.names, ...response.names],
  };
}

function withImports(
  writers: readonly TypeWriter[],
  declarations: readonly string[],
  from: string,
): string {
  const formats = [...new Set(writers.flatMap((writer) => [...writer.formats]))].toSorted();
  const imports =
    formats.length === 0 ? '' : `import type { ${formats.join(', ')} } from '${from}';\n\n`;
  return `${imports}${declarations.join('\n\n')}\n`;
}
