import { join } from 'node:path';
import type { JsonToken } from '@clnrest/json/tokens';
import {
  anything,
  bool,
  defaulted,
  invalidToken,
  optional,
  readParams,
  type ParameterValues,
  required,
} from '@clnrest/lightningd/parameters';
import type { CommandResult } from '../json/output.ts';
import type { CallWith, NodeWith } from '../node.ts';
import type { OptionDefinition, Setting, SettingSource } from '../options/definition.ts';
import { SetconfigFile } from '../options/setconfig-file.ts';
import { setDynamicOption } from '../plugins/set-dynamic-option.ts';
import { checked, type Command, defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { configJson } from './listconfigs.ts';

type Parts = 'autoclean' | 'configuration' | 'identity' | 'log' | 'plugins';
type Call = CallWith<Parts>;

const parameters = {
  config: required(anything),
  val: optional(anything),
  transient: defaulted(bool, false),
};

type Values = ParameterValues<typeof parameters>;

/** A valid change of an option. */
interface Change {
  readonly option: OptionDefinition;
  /** Empty for a flag. */
  readonly values: readonly string[];
}

function invalid(message: string): CommandError {
  return new CommandError(ErrorCode.invalidParams, message);
}

const command = defineCommand({
  name: 'setconfig',
  parameters,
  validate: (values, call: Call) => void readChange(values, call),
  async run(values, call: Call): Promise<CommandResult> {
    const { node } = call;
    const change = readChange(values, call);
    await setDynamicOption(node, change.option, change.values, call.id, 'setconfig');
    apply(change, values.transient, node);
    const { name } = change.option;
    return { config: { config: name, ...configJson(change.option, node) } };
  },
});

/** Changes a dynamic option of the node or of a plugin, until the node stops or for good. */
export const setconfig: Command<NodeWith<Parts>> = {
  ...command,
  /** Plugins check the value, too. */
  async check(call, params) {
    await command.check(call, params);
    const { config, val, transient } = readParams(parameters, params, {
      developer: call.developer,
    });
    const { option, values } = readChange({ config, val, transient }, call);
    await setDynamicOption(call.node, option, values, call.id, 'check');
    return checked('setconfig');
  },
};

function readChange({ config, val, transient }: Values, { node }: Call): Change {
  const option = dynamicOption(config, node);
  const values = valuesOf(option, val);
  const { options } = node.configuration;
  const changed = transient ? undefined : setconfigFile(node).changed(options.lasting(option.name));
  if (changed !== undefined) throw invalid(changed);
  for (const value of option.plugin === undefined ? values : []) {
    const problem = option.problem?.(value);
    if (problem !== undefined) throw invalid(`Error setting ${option.name}: ${problem}`);
  }
  return { option, values };
}

function dynamicOption(token: JsonToken, { configuration }: NodeWith<Parts>): OptionDefinition {
  const option = configuration.options.find(token.text);
  if (option === undefined) throw invalidToken('config', 'Unknown config option', token);
  if (option.dynamic !== true) throw invalidToken('config', 'Not a dynamic config option', token);
  return option;
}

function valuesOf({ name, kind, multi }: OptionDefinition, val: JsonToken | undefined): string[] {
  if (multi === true) {
    if (val === undefined) return [];
    if (val.type === 'array') return val.items.map(({ text }) => text);
    throw invalid(`${name} is a multi option: val must be an array`);
  }
  if (val?.type === 'array') {
    throw invalid(`${name} is not a multi option: val must not be an array`);
  }
  if (kind === 'flag') {
    if (val === undefined) return [];
    throw invalid(`${name} does not take a value`);
  }
  if (val === undefined) throw invalid(`${name} requires a value`);
  return [val.text];
}

/** Registers the new settings, and writes them to the file unless they are transient. */
function apply({ option, values }: Change, transient: boolean, node: NodeWith<Parts>): void {
  const { name } = option;
  const { options } = node.configuration;
  const texts = option.kind === 'flag' ? [name] : values.map((value) => `${name}=${value}`);
  const log = (line: string): void => node.log.log('info', line);
  const places = transient
    ? texts.map(() => undefined)
    : setconfigFile(node).save(texts, options.lasting(name), log);
  const settings = places.map((place, index): Setting => {
    const source: SettingSource =
      place === undefined
        ? { kind: 'setconfig' }
        : { kind: 'file', scope: 'network', file: place.file, line: place.line };
    return { name, value: values[index], source };
  });
  options.replace(name, settings, transient);
  if (name === 'autoclean-cycle') node.autoclean.schedule();
  for (const { value, source } of settings) {
    const place = source.kind === 'file' ? `${source.file}:${source.line}` : 'NULL:0';
    log(`setconfig: ${name} ${value ?? 'SET'} (updated ${place})`);
  }
}

/** lightningd's settings file belongs to `--conf`, or to the configuration in the network's directory. */
function setconfigFile({ configuration }: NodeWith<Parts>): SetconfigFile {
  const { options, directory } = configuration;
  return new SetconfigFile(options.value('conf') ?? join(directory.network, 'config'));
}
