import { outlineOf } from './outline.ts';
import type { SpecSystem } from './types.ts';

/**
 * Requests the API's description as text. The page does so before Swagger UI's script has arrived. Resolves with undefined on
 * errors: Swagger UI then tries again, and shows the reason.
 */
export async function requestDocument(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(url);
    return answer.ok ? await answer.text() : undefined;
  } catch {
    return undefined;
  }
}

/** Gives Swagger UI the description that the page has requested. */
export const useEarlyDocument =
  (early: Promise<string | undefined>) =>
  (original: (url: string) => unknown, { specActions }: SpecSystem) =>
  async (url: string): Promise<void> => {
    const text = await early;
    if (text === undefined) {
      original(url);
      return;
    }
    specActions.updateLoadingStatus('success');
    specActions.updateSpec(text);
  };

/** The description that Swagger UI shows. */
export class WholeDocument {
  #document: unknown;

  /** Returns the description, or `undefined` if it is not JSON. */
  readonly get = (): unknown => this.#document;

  /**
   * Parses the description as JSON, and gives Swagger UI its outline. Swagger UI would parse it as YAML, which takes ten times
   * as long.
   */
  readonly parse =
    (original: (text: string) => unknown, { specActions }: SpecSystem) =>
    (text: string): unknown => {
      try {
        this.#document = JSON.parse(text);
      } catch {
        this.#document = undefined;
        return original(text);
      }
      return specActions.updateJsonSpec(outlineOf(this.#document));
    };
}
