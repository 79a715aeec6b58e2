import type { DescriptionSource } from './description-source.ts';

export const descriptions: DescriptionSource = {
  summary: () => '',
  param: () => undefined,
  result: () => undefined,
  field: () => undefined,
  notification: () => '',
  hook: () => '',
};
