import { shellWord } from './shell-word.ts';

/** What `clnrest start` prints about a running sandbox. */
export interface StartedNode {
  /** The URL at which programs on this machine reach the server, without a slash at the end. */
  readonly url: string;
  /** The path of ca.pem; undefined without TLS. */
  readonly authority: string | undefined;
  readonly rune: string;
  /** The words that run `clnrest cli` for this node, from any directory. */
  readonly cli: readonly string[];
}

/** Returns the message. Its commands work in any directory without changes. */
export function startMessage({ url, authority, rune, cli }: StartedNode): string {
  const curl = [
    authority === undefined ? 'curl \\' : `curl --cacert ${shellWord(authority)} \\`,
    '       --request POST \\',
    `       --url ${shellWord(`${url}/v1/getinfo`)} \\`,
    `       --header 'Rune: ${rune}'`,
  ];
  const createRune = `${cli.map(shellWord).join(' ')} createrune null '[["method=getinfo"]]'`;
  return `
A sandbox for development. It is not a Lightning node: it simulates its chain and its peers, and never moves real money.

  REST       ${url}
  pages      ${url}/
${authority === undefined ? '' : `  authority  ${authority}\n`}  rune       ${rune}
             (allows every command; create narrower ones with createrune)

Try it in another terminal:

  ${curl.join('\n')}

  ${createRune}
${authority === undefined ? '' : trustMessage(authority)}
Stop it with Ctrl-C.
`;
}

/**
 * How to trust the authority in browsers. Chromium on Linux and Firefox have their own lists; other browsers use that of
 * the system. None of the commands requires the rights of an administrator.
 */
function trustMessage(authority: string): string {
  const path = shellWord(authority);
  return `
To open the pages without a warning, make the browser trust the authority:

  macOS      security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db ${path}
  Windows    certutil -user -addstore Root ca.pem (with a copy of the file)
  Linux      mkdir -p "$HOME/.pki/nssdb" && certutil -d "sql:$HOME/.pki/nssdb" -A -t C,, -n clnrest -i ${path}
  Firefox    Settings, "View Certificates", "Authorities", "Import": ${authority}
`;
}
