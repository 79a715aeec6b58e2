import type { GatewayOption } from './given-options.ts';

/** An option with what its help needs. */
export interface HelpOption extends GatewayOption {
  readonly description: string;
  readonly default?: string | number;
}
