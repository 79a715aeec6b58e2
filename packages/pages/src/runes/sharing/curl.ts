/** A call over REST to show as a curl command. */
export interface CurlCall {
  readonly address: URL;
  readonly rune: string;
  readonly method: string;
  /** JSON. */
  readonly params: string | undefined;
}

/**
 * Returns a curl command for a POSIX shell. It names the certificate authority's file without a directory, which the page
 * does not know.
 */
export function curlLines({ address, rune, method, params }: CurlCall): string {
  const base = address.href.replace(/\/$/, '');
  const options = [
    ...(address.protocol === 'https:' ? ['--cacert ca.pem'] : []),
    '--request POST',
    `--url ${quotedForShell(`${base}/v1/${encodeURIComponent(method.toWellFormed())}`)}`,
    `--header ${quotedForShell(`Rune: ${rune}`)}`,
    ...(params === undefined
      ? []
      : [
          `--header ${quotedForShell('Content-Type: application/json')}`,
          `--data ${quotedForShell(visibleJson(params))}`,
        ]),
  ];
  return `curl ${options.join(' \\\n     ')}`;
}

/** Quotes a text as one word for a POSIX shell, without expansions. */
export function quotedForShell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Escapes characters of JSON that are invisible or change the writing direction, which does not change the value. */
function visibleJson(json: string): string {
  return json.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
      .map((code) => `\\u${code.toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
