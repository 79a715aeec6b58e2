import { OWN_OPTIONS } from './own-options.ts';

/** An option that the help of the sandbox lists. */
export interface VisibleOption {
  /** Without dashes. */
  readonly name: string;
  readonly short?: string;
  /** A flag has no value. */
  readonly kind: 'flag' | 'string' | 'int' | 'bool' | 'msat';
  readonly description: string;
}

/** The options of lightningd that have an effect in the sandbox, for programs that complete or document them. */
export const VISIBLE_OPTIONS: readonly VisibleOption[] = OWN_OPTIONS.filter(
  ({ description, hidden }) => description !== '' && hidden !== true,
);
