import { valueSchema } from './parameter-types.ts';
import type { Parameter, Usage } from './usage.ts';

/**
 * Returns an example with placeholders for the required parameters. If sent unchanged, the command fails without an
 * effect, unless the command has no required parameters.
 */
export function placeholders(usage: Usage, isKnown: boolean): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    usage.parameters.flatMap((parameter) =>
      parameter.isRequired && parameter.name !== undefined
        ? [[parameter.name, valueOf(parameter.name, parameter, isKnown)]]
        : [],
    ),
  );
}

/** Never returns a number: a user could send the example and pay that amount. */
function valueOf(name: string, { choices }: Parameter, isKnown: boolean): unknown {
  if (choices.length > 0) return choices.join('|');
  const isFlag = isKnown && valueSchema(name, true).type?.includes('boolean') === true;
  return isFlag ? false : `<${name}>`;
}
