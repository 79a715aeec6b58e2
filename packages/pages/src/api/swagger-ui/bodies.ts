import type { Oas3System, PathMethod } from './types.ts';

/**
 * Has each format begin with a body of its own. Swagger UI would keep what was written in another, show
 * it as it keeps it and send it as what it is not.
 */
export const beginAnew =
  (original: (choice: Choice) => unknown, { oas3Actions }: Oas3System) =>
  (choice: Choice): unknown => {
    const result = original(choice);
    oas3Actions.setRequestBodyValue({ value: undefined, pathMethod: choice.pathMethod });
    return result;
  };

interface Choice {
  readonly value: string;
  readonly pathMethod: PathMethod;
}
