import { asPython, indented } from './literals.ts';
import { isEncrypted, type SampleRequest, STREAM } from './request.ts';

/** Returns a request as a Python program that uses the package `requests`, with the rune in the variable `RUNE`. */
export function pythonSample(request: SampleRequest): string {
  const { server, verb, path, needsRune, body } = request;
  const isStream = path === STREAM && verb === 'GET';
  const lines = [
    `${JSON.stringify(server + path)},`,
    ...(needsRune ? ['headers={"Rune": os.environ["RUNE"]},'] : []),
    ...(body === undefined ? [] : [`json=${indented(asPython(body), 4)},`]),
    ...(isEncrypted(request) ? ['verify="ca.pem",'] : []),
    ...(isStream ? ['stream=True,'] : []),
  ];
  const call = `response = requests.${verb.toLowerCase()}(\n    ${lines.join('\n    ')}\n)`;
  const imports = needsRune ? 'import os\n\nimport requests' : 'import requests';
  return `${imports}\n\n${call}\n${isStream ? PRINT_LINES : 'print(response.status_code, response.text)'}`;
}

const PRINT_LINES = 'for line in response.iter_lines():\n    print(line.decode())';
