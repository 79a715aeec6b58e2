import { inlineCode } from './inline-code.ts';
import type { Parts } from './types.ts';

interface ResponseProps {
  readonly code: string;
  readonly response: { get(key: string): unknown };
}

/**
 * Shows error responses in one row each, without an example, since all errors of a command have the same format.
 */
export const shortenFailures =
  (Response: unknown, { React }: Parts) =>
  (props: ResponseProps): unknown => {
    const { code, response } = props;
    if (!/^[45]/.test(code)) return React.createElement(Response, props);
    const cell = (className: string, content: unknown): unknown =>
      React.createElement('td', { className }, content);
    const words = String(response.get('description'));
    // The page shows a dozen errors of each operation: Swagger UI's Markdown takes 10 ms for one.
    const meaning = React.createElement(
      'div',
      { className: 'renderedMarkdown' },
      React.createElement('p', null, ...inlineCode(React, words)),
    );
    return React.createElement(
      'tr',
      { className: 'response', 'data-code': code },
      cell('response-col_status', code),
      cell('response-col_description', meaning),
      cell('response-col_links', null),
    );
  };
