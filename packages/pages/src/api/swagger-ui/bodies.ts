import type { Oas3System, PathMethod } from './types.ts';

/**
 * Resets the request body when another content type is chosen. Swagger UI would keep the body of the previous type and
 * send it with the new type.
 */
export const resetBodyOnTypeChange =
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
