import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort, RUNE, temporaryDirectory } from '@clnrest/testing';
import { FakeNode } from '@clnrest/testing/fake-node';
import { findProgram, need, run } from '@clnrest/testing/programs';
import {
  certificate,
  contents,
  issueServerPair,
  prepare,
} from '../../packages/gateway/src/testing/certificates.ts';
import { initialise } from '../support/plugin-process.ts';
import { startPlugin } from '../support/start-plugin.ts';
import { BUILD, pluginFile } from '../support/under-test.ts';

const DAY_MS = 86_400_000;

/** Connects with each name, and checks it as `HttpsURLConnection` does. */
const JAVA = `
import java.io.FileInputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import javax.net.ssl.*;

class Client {
  public static void main(String[] args) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    store.setCertificateEntry("ca", factory.generateCertificate(new FileInputStream(args[0])));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    int port = Integer.parseInt(args[1]);
    for (String name : Arrays.copyOfRange(args, 2, args.length)) {
      Socket plain = new Socket(name.contains(":") ? name : "127.0.0.1", port);
      SSLSocket secure = (SSLSocket) context.getSocketFactory().createSocket(plain, name, port, true);
      SSLParameters parameters = secure.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      secure.setSSLParameters(parameters);
      secure.startHandshake();
      secure.close();
      System.out.println(name);
    }
  }
}
`;

/** Starts the released plugin with certificates in a directory. */
async function start(directory: string, options: Readonly<Record<string, unknown>> = {}) {
  const node = await FakeNode.start({ echo: (call) => call.result(call.params) });
  const plugin = startPlugin(pluginFile(BUILD), { cwd: node.directory });
  const port = await freePort();
  const named = Object.entries({ port, certs: directory, ...options }).map(([name, value]) => [
    `${BUILD.prefix}-${name}`,
    value,
  ]);
  const { init } = await initialise(plugin, node.directory, Object.fromEntries(named));
  expect(init.result).toEqual({});
  const { lightningd, pid = 0 } = plugin;
  const log = (): string => lightningd.logged().join('\n');
  const logged = (text: string | RegExp) => expect.poll(log, { timeout: 15_000 }).toMatch(text);
  return { port, log, logged, hangUp: () => process.kill(pid, 'SIGHUP'), plugin };
}

/** Calls a command until it is stopped. Counts responses, and the certificates of the server. */
class Caller {
  readonly served = new Set<string>();
  answered = 0;
  readonly failures: string[] = [];
  readonly #agent: Agent;
  readonly #port: number;
  #isStopped = false;
  readonly #running: Promise<void>;

  constructor(port: number, ca: string, keepAlive: boolean) {
    this.#port = port;
    this.#agent = new Agent({ ca, keepAlive, maxSockets: 1 });
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
    this.#agent.destroy();
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      const body = `{"n":${this.answered}}`;
      try {
        const answer = await this.#call(body);
        if (answer === `201 ${body}`) this.answered++;
        else this.failures.push(answer);
      } catch (error) {
        this.failures.push(String(error));
      }
    }
  }

  #call(body: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          host: '127.0.0.1',
          port: this.#port,
          path: '/v1/echo',
          method: 'POST',
          agent: this.#agent,
          headers: { rune: RUNE, 'content-type': 'application/json' },
        },
        (response) => {
          this.#see(response.socket as TLSSocket);
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (piece: string) => (text += piece));
          response.on('end', () => resolve(`${response.statusCode} ${text}`));
          response.on('error', reject);
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  #see(socket: TLSSocket): void {
    const seen = socket.getPeerX509Certificate()?.serialNumber;
    if (seen !== undefined) this.served.add(seen);
  }
}

function fromNow(ms: number): Date {
  return new Date(Date.now() + ms);
}

test('a renewal, changed files and SIGHUP under load fail no request', async () => {
  const directory = temporaryDirectory();
  await prepare(directory, '127.0.0.1', new Date());
  const ca = readFileSync(join(directory, 'ca.pem'), 'utf8');
  issueServerPair(directory, fromNow(-300 * DAY_MS), fromNow(30 * DAY_MS + 4_000));
  const first = certificate(directory, 'server.pem').serialNumber;
  const { port, hangUp, log, logged } = await start(directory);
  const callers = [false, false, false, true, true].map((kept) => new Caller(port, ca, kept));
  onTestFinished(async () => {
    await Promise.all(callers.map((caller) => caller.stop()));
  });

  await logged(/server\.pem expires on .*: the same authority issues another one/);
  await logged('new connections use the changed certificate');
  const serials = [first, certificate(directory, 'server.pem').serialNumber];
  const reloads = (): number => log().split('new connections use the changed').length - 1;
  for (let round = 0; round < 6; round++) {
    const before = reloads();
    issueServerPair(directory, fromNow(-DAY_MS), fromNow((300 + round) * DAY_MS));
    serials.push(certificate(directory, 'server.pem').serialNumber);
    if (round > 0) hangUp();
    await expect.poll(reloads, { timeout: 15_000 }).toBe(before + 1);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  // A broken pair changes nothing.
  writeFileSync(join(directory, 'server.pem'), 'garbage');
  hangUp();
  await logged('server.pem is not a certificate in PEM');
  await new Promise((resolve) => setTimeout(resolve, 200));

  await Promise.all(callers.map((caller) => caller.stop()));
  expect(callers.flatMap(({ failures }) => failures)).toEqual([]);
  for (const { answered } of callers) expect(answered).toBeGreaterThan(50);
  const [fresh, , , kept] = callers;
  expect([...(fresh?.served ?? [])]).toEqual(serials);
  // Open connections stay.
  expect([...(kept?.served ?? [])]).toEqual([first]);
}, 60_000);

test('SIGHUP does not end the plugin, over http and https', async () => {
  for (const options of [{ protocol: 'http' }, {}]) {
    const { hangUp, logged, plugin } = await start(temporaryDirectory(), options);
    for (let times = 0; times < 3; times++) hangUp();
    if (!('protocol' in options)) await logged('have not changed');
    expect(await plugin.end()).toBe(0);
  }
});

const ADDRESSES = ['127.0.0.1', '::1'];
const EXTRA = ['node.example.com', 'my_node', '*.wild.example'];

/** Options of curl that print the status and the version. */
const OPTIONS = ['-sS', '--output', '/dev/null', '--write-out', '%{http_code} %{http_version}'];

/** Options and URL of curl for a host that resolves to this machine. */
function resolved(host: string, port: number): string[] {
  const url = `https://${host}:${port}/runes`;
  return host.startsWith('[') ? [url] : ['--resolve', `${host}:${port}:127.0.0.1`, url];
}

describe('every name is accepted by', () => {
  /** Starts a plugin. Resolves with the names to connect to, all of which resolve to this machine for the client. */
  async function serve() {
    const directory = temporaryDirectory();
    // Other users' programs, such as a JVM, read it.
    chmodSync(directory, 0o755);
    const hosts = { host: ['127.0.0.1', '::1'], names: EXTRA };
    const { port } = await start(directory, hosts);
    const names = ['localhost', 'cln', 'node.example.com', 'my_node', 'a.wild.example'];
    return { directory, port, names, ca: join(directory, 'ca.pem') };
  }

  test('openssl verify -x509_strict', async (context) => {
    need(context, 'openssl');
    const { directory, names, ca } = await serve();
    const args = ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', ca];
    const server = join(directory, 'server.pem');
    for (const name of names) {
      expect(await run('openssl', ...args, '-verify_hostname', name, server)).toContain(': OK');
    }
    for (const address of ADDRESSES) {
      expect(await run('openssl', ...args, '-verify_ip', address, server)).toContain(': OK');
    }
  });

  test('curl, also with HTTP/1.0', async (context) => {
    need(context, 'curl');
    const { port, names, ca } = await serve();
    const curl = (host: string, ...more: readonly string[]) =>
      run('curl', ...OPTIONS, '--cacert', ca, ...more, ...resolved(host, port));
    for (const name of names) expect(await curl(name)).toBe('200 1.1');
    for (const address of ['127.0.0.1', '[::1]']) expect(await curl(address)).toBe('200 1.1');
    expect(await curl('localhost', '-0')).toMatch(/^200 1\.[01]$/);
    await expect(curl('other.example')).rejects.toThrow('other.example');
  });

  test('Python', async (context) => {
    need(context, 'python3');
    const { port, names, ca } = await serve();
    const program = `
import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[1])
context.verify_flags |= ssl.VERIFY_X509_STRICT
for name in sys.argv[3:]:
    address = name if ':' in name else '127.0.0.1'
    with socket.create_connection((address, int(sys.argv[2]))) as plain:
        with context.wrap_socket(plain, server_hostname=name) as secure:
            print(name, secure.version())
`;
    const all = [...names, ...ADDRESSES];
    const output = await run('python3', '-c', program, ca, String(port), ...all);
    expect(output.trim().split('\n')).toEqual(all.map((name) => `${name} TLSv1.3`));
  });

  test('Go', async (context) => {
    need(context, 'go');
    const { directory, port, names, ca } = await serve();
    const file = join(directory, 'main.go');
    writeFileSync(
      file,
      `package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"strings"
)

func main() {
	pem, _ := os.ReadFile(os.Args[1])
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	for _, name := range os.Args[3:] {
		address := "127.0.0.1"
		if strings.Contains(name, ":") {
			address = name
		}
		connection, err := tls.Dial("tcp", net.JoinHostPort(address, os.Args[2]), &tls.Config{RootCAs: roots, ServerName: name})
		if err != nil {
			fmt.Println(name, err)
			os.Exit(1)
		}
		connection.Close()
		fmt.Println(name)
	}
}
`,
    );
    const all = [...names, ...ADDRESSES];
    const output = await run('go', 'run', file, ca, String(port), ...all);
    expect(output.trim().split('\n')).toEqual(all);
  }, 180_000);

  test('Java', async (context) => {
    need(context, 'java');
    if (findProgram('javac') === undefined) context.skip('this machine has no javac');
    const { directory, port, names, ca } = await serve();
    const file = join(directory, 'Client.java');
    writeFileSync(file, JAVA);
    // Java rejects names with an underscore before it connects.
    const all = [...names.filter((name) => !name.includes('_')), ...ADDRESSES];
    const output = await run('java', file, ca, String(port), ...all);
    expect(output.trim().split('\n')).toEqual(all);
  }, 60_000);
});

test('the names in the certificate are logged, and a new name needs only a restart', async () => {
  const directory = temporaryDirectory();
  const { logged, plugin } = await start(directory);
  await logged('names cln, localhost, 127.0.0.1, ::1, and is valid until');
  await plugin.end();
  const before = contents(directory);
  const again = await start(directory, { names: ['node.example.com'] });
  await again.logged('names cln, localhost, node.example.com, 127.0.0.1, ::1, and is valid until');
  expect(contents(directory)['ca.pem']).toBe(before['ca.pem']);
});
