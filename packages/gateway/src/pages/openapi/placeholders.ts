import { valueSchema } from './parameter-types.ts';
import type { Parameter, Usage } from './usage.ts';

/**
 * A request that has what a command must have and no more, to be filled in. As it stands the command
 * does nothing, or, if it has no parameters, what it always does.
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

/** No number is a good guess: an amount might be paid. */
function valueOf(name: string, { choices }: Parameter, isKnown: boolean): unknown {
  if (choices.length > 0) return choices.join('|');
  const isFlag = isKnown && valueSchema(name, true).type?.includes('boolean') === true;
  return isFlag ? false : `<${name}>`;
}
