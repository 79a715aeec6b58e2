import type { JsonEvents } from './json-scanner.ts';

/** Writes a JSON value in another format while its parts arrive. Holds only the state of open objects and arrays. */
export interface AnswerWriter extends JsonEvents {
  /** Completes the output after the last part. */
  end(): void;
  /** Returns and clears the text that has been written since the last call. */
  flush(): string;
}
