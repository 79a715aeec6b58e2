import type { System } from './types.ts';

/**
 * Leaves the fields of a form empty. Swagger UI would fill them with samples, and send also what was
 * emptied: a command takes both for meant.
 */
export function leaveFormsEmpty({ fn }: System): void {
  const { getSampleSchema } = fn;
  fn.getSampleSchema = (schema, mediaType, ...more) => {
    // A form asks for each of its parameters, of no media type.
    const isField =
      mediaType === false && !['object', 'array'].includes(String(schema.get('type')));
    return isField ? '' : getSampleSchema(schema, mediaType, ...more);
  };
}
