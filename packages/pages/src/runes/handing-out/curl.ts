/** A call over REST, to be shown as a command. */
export interface CurlCall {
  readonly address: URL;
  readonly rune: string;
  readonly method: string;
  /** JSON, or nothing. */
  readonly params: string | undefined;
}

/**
 * The lines for a shell that make a call with curl. The certificate authority is the reader's file; a page can't
 * know where it lies.
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
          `--data ${quotedForShell(seenJson(params))}`,
        ]),
  ];
  return `curl ${options.join(' \\\n     ')}`;
}

/** One word for a POSIX shell, in which nothing has a meaning but what stands there. */
export function quotedForShell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** JSON without what is invisible or turns lines around: such characters are escaped, and mean the same. */
function seenJson(json: string): string {
  return json.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
      .map((code) => `\\u${code.toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
