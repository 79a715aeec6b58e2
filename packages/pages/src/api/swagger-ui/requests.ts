import type { Parts, SpecSystem } from './types.ts';

/** What an answer is called that is none. */
const UNSENT = 'unsent';

/**
 * Ends a call whose request could not even be made, as where the server's address is none. Swagger UI would
 * tell the console alone, and wait for an answer for ever.
 */
export const endUnsent =
  (original: (request: Request) => unknown, { specActions }: SpecSystem) =>
  (request: Request): unknown => {
    const result = original(request);
    // What an action gives that has thrown.
    if (result === null) {
      specActions.setResponse(request.pathName, request.method, { [UNSENT]: true });
    }
    return result;
  };

/** Shows so in the place of the answer. */
export const tellUnsent =
  (LiveResponse: unknown, { React }: Parts) =>
  (props: ResponseProps): unknown => {
    if (props.response.get(UNSENT) !== true) return React.createElement(LiveResponse, props);
    const words = 'No request was sent: is the address of the server right?';
    return React.createElement('div', { className: 'unsent', role: 'alert' }, words);
  };

interface Request {
  readonly pathName: string;
  readonly method: string;
}

interface ResponseProps {
  readonly response: { get(key: string): unknown };
}
