import { READONLY, Restriction } from '@clnrest/runes';

/** Common restrictions that one button adds. */
export interface Preset {
  readonly name: string;
  readonly label: string;
  /** @param now in seconds since 1970 */
  readonly make: (now: bigint) => readonly Restriction[];
}

const DAY = 86_400n;

export const PRESETS: readonly Preset[] = [
  { name: 'readonly', label: 'Read only', make: () => READONLY },
  { name: 'day', label: 'For one day', make: (now) => [Restriction.of(`time<${now + DAY}`)] },
  { name: 'minute', label: 'Once a minute', make: () => [Restriction.of('per=1min')] },
];
