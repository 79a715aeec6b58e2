import { quotedForShell } from '../../runes/sharing/curl.ts';
import { isEncrypted, type SampleRequest, STREAM } from './request.ts';

/** Returns a request as a curl command for a POSIX shell, with the rune in the variable `RUNE`. */
export function curlSample(request: SampleRequest): string {
  const { server, verb, path, needsRune, body } = request;
  const options = [
    ...(isEncrypted(request) ? ['--cacert ca.pem'] : []),
    ...(path === STREAM && verb === 'GET' ? ['--no-buffer'] : []),
    ...(verb === 'GET' ? [] : [`--request ${verb}`]),
    `--url ${quotedForShell(server + path)}`,
    ...(needsRune ? ['--header "Rune: $RUNE"'] : []),
    ...(body === undefined
      ? []
      : ["--header 'Content-Type: application/json'", `--data ${quotedForShell(body)}`]),
  ];
  return `curl ${options.join(' \\\n  ')}`;
}
