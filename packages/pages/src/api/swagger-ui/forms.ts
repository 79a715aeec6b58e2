import type { System } from './types.ts';

/**
 * Leaves the fields of a form empty. Swagger UI would fill in samples and send emptied fields, too, and a command would
 * treat both as parameters.
 */
export function leaveFormsEmpty({ fn }: System): void {
  const { getSampleSchema } = fn;
  fn.getSampleSchema = (schema, mediaType, ...more) => {
    // For the fields of a form, Swagger UI passes no media type.
    const isField =
      mediaType === false && !['object', 'array'].includes(String(schema.get('type')));
    return isField ? '' : getSampleSchema(schema, mediaType, ...more);
  };
}
