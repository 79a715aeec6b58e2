import type { JsonEvents } from './json-scanner.ts';

/** Writes a JSON value in another form as it is told of it, and keeps nothing but the way down to it. */
export interface AnswerWriter extends JsonEvents {
  /** Takes it that the value is complete. */
  end(): void;
  /** What has been written since this was last asked. */
  take(): string;
}
