import type { Knowledge } from './command.ts';
import { parameterSchema } from './parameters-schema.ts';
import type { Parameter, Usage } from './usage.ts';

/**
 * Returns an example with placeholders for the required parameters. If sent unchanged, the command fails without an
 * effect, unless the command has no required parameters.
 */
export function placeholders(
  usage: Usage,
  knowledge: Knowledge,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    usage.parameters.flatMap((parameter) =>
      parameter.isRequired && parameter.name !== undefined
        ? [[parameter.name, valueOf(parameter.name, parameter, knowledge)]]
        : [],
    ),
  );
}

/** Never returns a number: a user could send the example and pay that amount. */
function valueOf(name: string, parameter: Parameter, knowledge: Knowledge): unknown {
  if (parameter.choices.length > 0) return parameter.choices.join('|');
  const { type } = parameterSchema(parameter, knowledge);
  const isFlag = knowledge.isKnown && Array.isArray(type) && type.includes('boolean');
  return isFlag ? false : `<${name}>`;
}
