import { isNull, isString, type JsonToken, member, unescapeText } from '@clnrest/json/tokens';
import type { OptionDefinition, OptionKind } from '../options/definition.ts';
import { boolProblem, intProblem } from '../options/values.ts';
import { isNativeTopic } from '../notifications/topics.ts';
import { PluginFault } from './fault.ts';
import { type Hook, readHook } from './hook.ts';

/** A plugin's reply to getmanifest. */
export interface Manifest {
  readonly dynamic: boolean;
  /** The plugin supports `check` for its methods. */
  readonly canCheck: boolean;
  readonly options: readonly OptionDefinition[];
  readonly methods: readonly PluginMethod[];
  readonly subscriptions: readonly string[];
  /** Topics on which the plugin sends notifications. */
  readonly notifications: readonly string[];
  readonly hooks: readonly Hook[];
  /** Types of peer messages that the plugin handles, which can be even. */
  readonly customMessages: readonly number[];
}

export interface PluginMethod {
  readonly name: string;
  readonly usage: string;
}

/**
 * Reads a plugin's reply to getmanifest.
 *
 * @param path - the plugin's path, which becomes the owner of its options
 * @param whole - the whole reply, for error messages
 * @returns the manifest, or the reason if the plugin disables itself
 * @throws PluginFault with lightningd's text
 */
export function readManifest(
  result: JsonToken | undefined,
  path: string,
  whole: string,
): Manifest | { readonly disabled: string } {
  if (result?.type !== 'object') {
    throw new PluginFault(`Invalid/missing result tok in '${whole}'`);
  }
  const disabled = member(result, 'disable');
  if (disabled !== undefined) return { disabled: disabled.text };

  const dynamic = flag(result, 'getmanifest', 'dynamic');
  const ids = member(result, 'nonnumericids');
  if (ids !== undefined) {
    if (bool(ids) === undefined) throw new PluginFault(`Invalid nonnumericids: ${ids.raw}`);
    if (bool(ids) === false) throw new PluginFault('Plugin does not allow nonnumericids');
  }
  const check = member(result, 'cancheck');
  if (check !== undefined && bool(check) === undefined) {
    throw new PluginFault(`Invalid cancheck: ${check.raw}`);
  }
  return {
    dynamic,
    canCheck: check !== undefined && bool(check) === true,
    notifications: readNotifications(result),
    options: readOptions(result, path),
    methods: readMethods(result),
    subscriptions: readSubscriptions(result),
    hooks: readHooks(result),
    customMessages: readCustomMessages(result),
  };
}

function bool(token: JsonToken): boolean | undefined {
  if (token.type !== 'primitive') return undefined;
  return token.raw === 'true' ? true : token.raw === 'false' ? false : undefined;
}

function flag(token: JsonToken, owner: string, name: string): boolean {
  const value = member(token, name);
  if (value === undefined) return false;
  const result = bool(value);
  if (result === undefined)
    throw new PluginFault(`${owner}: invalid "${name}" field ${value.text}`);
  return result;
}

function items(token: JsonToken, name: string): readonly JsonToken[] | undefined {
  const list = member(token, name);
  if (list === undefined) return undefined;
  if (list.type !== 'array') throw new PluginFault(`"result.${name}" is not an array`);
  return list.items;
}

function readNotifications(result: JsonToken): string[] {
  return (items(result, 'notifications') ?? []).map((entry, index) => {
    if (entry.type !== 'object') {
      throw new PluginFault(`"result.notifications[${index}]" is not an object`);
    }
    const method = member(entry, 'method');
    if (method?.type !== 'string') {
      throw new PluginFault(`"result.notifications[${index}].name" missing or not a string.`);
    }
    if (isNativeTopic(method.text)) {
      throw new PluginFault(
        `plugin attempted to register a native notification topic "${method.text}", these may however only be sent by lightningd`,
      );
    }
    return method.text;
  });
}

function readSubscriptions(result: JsonToken): string[] {
  return (items(result, 'subscriptions') ?? []).map((topic, index) => {
    if (topic.type !== 'string') {
      throw new PluginFault(`result.subscriptions[${index}] is not a string: '${topic.raw}'`);
    }
    return topic.text;
  });
}

function readMethods(result: JsonToken): PluginMethod[] {
  const methods = items(result, 'rpcmethods');
  if (methods === undefined) throw new PluginFault('"result.rpcmethods" missing');
  return methods.map((method) => {
    const name = member(method, 'name');
    if (name?.type !== 'string') {
      throw new PluginFault(`rpcmethod does not have a string "name": ${method.raw}`);
    }
    const usage = member(method, 'usage');
    if (usage === undefined) throw new PluginFault('"usage" not provided by plugin');
    if (usage.type !== 'string') throw new PluginFault(`"usage" is not a string: ${method.raw}`);
    return { name: name.text, usage: unescapeText(usage.text) ?? usage.text };
  });
}

function readHooks(result: JsonToken): Hook[] {
  return (items(result, 'hooks') ?? []).map(readHook);
}

function readCustomMessages(result: JsonToken): number[] {
  const list = member(result, 'custommessages');
  if (list === undefined) return [];
  if (list.type !== 'array') {
    throw new PluginFault(`custommessages must be array, not '${list.raw}'`);
  }
  return list.items.map(({ raw }, index) => {
    const type = /^[0-9]{1,5}$/.test(raw) ? Number(raw) : Infinity;
    if (type <= 0xffff) return type;
    throw new PluginFault(`custommessages ${index} not a u16: '${raw}'`);
  });
}

function readOptions(result: JsonToken, path: string): OptionDefinition[] {
  const options = items(result, 'options');
  if (options === undefined)
    throw new PluginFault('"result.options" was not found in the manifest');
  return options.map((option) => readOption(option, path));
}

function readOption(option: JsonToken, path: string): OptionDefinition {
  const nameToken = member(option, 'name');
  const typeToken = member(option, 'type');
  const description = member(option, 'description');
  if (nameToken === undefined || typeToken === undefined || description === undefined) {
    throw new PluginFault('An option is missing either "name", "description" or "type"');
  }
  const name = nameToken.text;
  if (!/^[0-9a-z_-]*$/.test(name)) {
    throw new PluginFault('Option "name" must be lowercase alphanumeric, plus _ or -\'');
  }
  const multi = flag(option, `--${name}`, 'multi');
  const kind = optionKind(typeToken);
  const common = {
    name,
    kind,
    plugin: path,
    description: unescapeText(description.text) ?? description.text,
    multi,
    dynamic: flag(option, `--${name}`, 'dynamic'),
    hidden: member(option, 'deprecated') !== undefined,
  };
  const given = member(option, 'default');
  if (kind === 'flag') {
    if (given !== undefined && bool(given) !== false) {
      throw new PluginFault(`--${name} type flag default must be 'false' not ${given.raw}`);
    }
    if (multi) throw new PluginFault('flag type cannot be multi');
    return common;
  }
  if (kind === 'bool' && multi) throw new PluginFault('bool type cannot be multi');
  const problem = kind === 'int' ? intProblem : kind === 'bool' ? boolProblem : undefined;
  const definition = {
    ...common,
    ...(problem === undefined ? {} : { problem }),
    conceal: isString(typeToken, 'string-conceal'),
  };
  if (given === undefined || isNull(given)) return definition;
  const fallback = given.type === 'string' ? (unescapeText(given.text) ?? given.text) : given.text;
  const wrong = problem?.(fallback);
  if (wrong !== undefined) throw new PluginFault(`Invalid default '${fallback}': ${wrong}`);
  return { ...definition, fallback };
}

function optionKind(type: JsonToken): OptionKind {
  switch (type.type === 'string' ? type.text : '') {
    case 'string':
    case 'string-conceal':
      return 'string';
    case 'int':
      return 'int';
    case 'bool':
      return 'bool';
    case 'flag':
      return 'flag';
    default:
      throw new PluginFault('Only "string", "int", "bool", and "flag" options are supported');
  }
}
