/** What can be cleaned, in lightningd's order. */
export const CLEANED = [
  'succeededforwards',
  'failedforwards',
  'succeededpays',
  'failedpays',
  'paidinvoices',
  'expiredinvoices',
  'networkevents',
] as const;

export type Cleaned = (typeof CLEANED)[number];
