import type { JsonToken } from '@clnrest/json/tokens';
import { anything, invalidToken, optional, type Parser } from '@clnrest/lightningd/parameters';
import type { JsonObject, JsonOutput } from '../json/output.ts';
import type { CallWith, NodeWith, NodeConfiguration } from '../node.ts';
import { sourceText, type OptionDefinition, type OptionKind } from '../options/definition.ts';
import { valueJson } from '../plugins/init.ts';
import { defineCommand } from './command.ts';

const config: Parser<JsonToken> = anything;

export const listconfigs = defineCommand({
  name: 'listconfigs',
  parameters: { config: optional(config) },
  validate: ({ config }, { node }: CallWith<'configuration' | 'identity'>) =>
    void selected(config, node.configuration),
  run({ config }, { node }: CallWith<'configuration' | 'identity'>) {
    const options = selected(config, node.configuration);
    return {
      configs: new Map(
        options.flatMap((option) => {
          const json = optionJson(option, node, config !== undefined);
          return json === undefined ? [] : [[option.name, json] as const];
        }),
      ),
    };
  },
});

function selected(
  token: JsonToken | undefined,
  configuration: NodeConfiguration,
): OptionDefinition[] {
  if (token === undefined) return [...configuration.options.definitions()];
  const option = configuration.options.find(token.text);
  if (option === undefined) throw invalidToken('config', 'Unknown config option', token);
  return [option];
}

/** An option with its value, its source and its plugin, as `setconfig` returns it. */
export function configJson(
  option: OptionDefinition,
  node: NodeWith<'configuration' | 'identity'>,
): JsonObject {
  return optionJson(option, node, true) ?? {};
}

/** An option with its value, its source and its plugin; undefined if the list omits it. */
function optionJson(
  option: OptionDefinition,
  node: NodeWith<'configuration' | 'identity'>,
  isNamed: boolean,
): JsonObject | undefined {
  const { options } = node.configuration;
  const given = options.given(option.name);
  if (option.exits === true) return undefined;
  if (option.hidden === true && given.length === 0 && !isNamed) return undefined;
  const tail = { plugin: option.plugin, dynamic: option.dynamic === true ? true : undefined };
  const source = given[0] === undefined ? 'default' : sourceText(given[0].source);
  if (option.kind === 'flag') return { set: given.length > 0, source, ...tail };
  const shown = (value: string): JsonOutput =>
    option.conceal === true ? '...' : valueJson(option, value);
  if (option.multi === true) {
    return {
      [`values_${suffix(option.kind)}`]: options.values(option.name).map(shown),
      sources: given.map((setting) => sourceText(setting.source)),
      ...tail,
    };
  }
  const value = options.value(option.name) ?? nodeDefault(option.name, node);
  if (value === undefined) return undefined;
  return { [`value_${suffix(option.kind)}`]: shown(value), source, ...tail };
}

function suffix(kind: OptionKind): string {
  switch (kind) {
    case 'int':
    case 'bool':
    case 'msat':
      return kind;
    case 'string':
    case 'flag':
      return 'str';
  }
}

/** The ports on which lightningd listens. */
const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  regtest: 19_846,
  testnet: 19_735,
  testnet4: 49_735,
  signet: 39_735,
};

/** The defaults of options that depend on the node. */
function nodeDefault(
  name: string,
  node: NodeWith<'configuration' | 'identity'>,
): string | undefined {
  switch (name) {
    case 'lightning-dir':
      return node.configuration.directory.base;
    case 'network':
      return node.identity.network.name;
    case 'alias':
      return node.identity.alias;
    case 'rgb':
      return node.identity.color;
    case 'pid-file':
      return node.configuration.pidFile;
    case 'log-level':
      return 'info';
    case 'announce-addr-discovered-port':
      return String(DEFAULT_PORTS[node.identity.network.name] ?? 9735);
    case 'autolisten':
      return String(!['addr', 'bind-addr'].some((each) => node.configuration.options.isSet(each)));
    case 'allow-deprecated-apis':
      return String(!node.configuration.developer);
    default:
      return undefined;
  }
}
