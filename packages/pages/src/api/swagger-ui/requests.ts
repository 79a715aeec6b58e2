import type { Parts, SpecSystem } from './types.ts';

/** The key that marks a response placeholder of an unsent request. */
const UNSENT = 'unsent';

/**
 * Ends a call whose request could not be created, for example because the server's address is invalid. Swagger UI would log
 * only to the console and wait for a response forever.
 */
export const failUnsentRequest =
  (original: (request: Request) => unknown, { specActions }: SpecSystem) =>
  (request: Request): unknown => {
    const result = original(request);
    // The result of an action that has thrown.
    if (result === null) {
      specActions.setResponse(request.pathName, request.method, { [UNSENT]: true });
    }
    return result;
  };

/** Shows a message instead of the response of an unsent request. */
export const showUnsent =
  (LiveResponse: unknown, { React }: Parts) =>
  (props: ResponseProps): unknown => {
    if (props.response.get(UNSENT) !== true) return React.createElement(LiveResponse, props);
    const words = 'No request was sent. Check the address of the server.';
    return React.createElement('div', { className: 'unsent', role: 'alert' }, words);
  };

interface Request {
  readonly pathName: string;
  readonly method: string;
}

interface ResponseProps {
  readonly response: { get(key: string): unknown };
}
