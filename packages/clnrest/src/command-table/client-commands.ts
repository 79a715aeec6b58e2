import { CONNECTION_OPTIONS, FORMAT_OPTIONS, PACE, PEER_OPTIONS } from './connection-options.ts';
import { type CommandEntry, HELP } from './entry.ts';

const PARAMETERS =
  "If the first parameter contains '=', all parameters are key=value; otherwise they are by position. Parameters that look like JSON are sent unchanged, others as strings.";

export const CLI = {
  name: 'cli',
  summary: "call a command over the node's socket, as lightning-cli does",
  usage: '[options] METHOD [parameters]',
  description: [
    'Call a command over the socket of lightningd or the sandbox, as lightning-cli does. METHOD help lists the commands of the node.',
    PARAMETERS,
  ],
  options: {
    'lightning-dir': {
      value: 'DIR',
      help: 'directory of the node (default: ~/.lightning)',
      completes: 'directory',
    },
    network: {
      value: 'NAME',
      help: 'network of the node (default: bitcoin)',
      completes: ['bitcoin', 'regtest', 'signet', 'testnet', 'testnet4'],
    },
    regtest: { help: '--network=regtest' },
    testnet: { help: '--network=testnet' },
    signet: { help: '--network=signet' },
    mainnet: { help: '--network=bitcoin' },
    'rpc-file': {
      value: 'FILE',
      help: 'socket of the node (default: lightning-rpc)',
      completes: 'file',
    },
    conf: {
      value: 'FILE',
      help: 'configuration file of the node (default: config in the directories of the node and the network)',
      completes: 'file',
    },
    ...FORMAT_OPTIONS,
    filter: {
      short: 'l',
      value: 'JSON',
      help: 'members of the result to return, such as {"id":true} (default: all)',
    },
    ...HELP,
  },
  examples: [
    'clnrest cli --regtest getinfo',
    'clnrest cli --regtest createrune restrictions=readonly',
  ],
  statuses: {
    1: 'the command fails (the error is printed as JSON)',
    2: 'the node is not reachable',
  },
} as const satisfies CommandEntry;

export const CALL = {
  name: 'call',
  summary: 'call a command over REST or commando',
  usage: '[options] METHOD [parameters]',
  description: [
    'Call a command over REST, authorised by a rune. METHOD help lists the commands of the node.',
    'With --peer, call it over the Lightning protocol instead (commando). Runes that an id restriction limits to your node id require --identity-file.',
    PARAMETERS,
  ],
  options: { ...CONNECTION_OPTIONS, ...PEER_OPTIONS, ...PACE, ...FORMAT_OPTIONS, ...HELP },
  examples: [
    'CLNREST_RUNE=… clnrest call getinfo',
    'clnrest call --rune-file=rune.txt invoice amount_msat=10000 label=one description=test',
    'clnrest call --peer=02…@127.0.0.1:9735 --rune-file=rune.txt getinfo',
  ],
  statuses: {
    1: 'the gateway or the node refuses the call, or the command fails (the error is printed as JSON)',
    2: 'the node is not reachable',
  },
} as const satisfies CommandEntry;

export const IDENTITY = {
  name: 'identity',
  summary: 'create a key for remote calls, or show its node id',
  usage: 'FILE',
  description: [
    'Print the node id of the private key in FILE, with which clnrest call --peer identifies itself. If FILE does not exist, create it with a random key. To restrict a rune to this id, add id=NODEID.',
  ],
  options: { ...HELP },
  examples: ['clnrest identity ~/.clnrest-identity'],
  statuses: {},
} as const satisfies CommandEntry;

export const LISTEN = {
  name: 'listen',
  summary: 'print notifications from the node',
  usage: '[options]',
  description: [
    'Print notifications from the node, one JSON object per line, until interrupted. Connection changes go to stderr. After a disconnect, the command reconnects and requests missed notifications.',
  ],
  options: {
    topics: {
      value: 'A,B',
      help: 'topics to subscribe to, such as invoice_payment,forward_event (default: all)',
    },
    ...CONNECTION_OPTIONS,
    ...PACE,
    ...HELP,
  },
  examples: [
    'CLNREST_RUNE=… clnrest listen',
    'clnrest listen --rune-file=rune.txt --topics=invoice_payment',
  ],
  statuses: {
    1: 'the rune does not allow the subscription, or stops allowing it (the error is printed as JSON)',
    2: 'the node is not reachable',
  },
} as const satisfies CommandEntry;

export const DOCTOR = {
  name: 'doctor',
  summary: 'diagnose connection problems',
  usage: '[options] [URL]',
  description: [
    "Diagnose connection problems: check a node's REST server from the client's side and show what is wrong and what to do. The checks cover the name, port, protocol, certificate, gateway, clock, rune, and subscriptions by polling, websocket and server-sent events. They run no command on the node and do not use a rune that has a rate limit.",
    'URL is https://host:port or a pairing link, clnrest+https://…. With ID@host:port or ID@ws://host:port, doctor checks a node that is reachable over the Lightning protocol (commando). To keep the rune in a link secret, pass - as the URL and the link on stdin.',
    'doctor never prints the rune, and never sends it to a server with an untrusted certificate.',
  ],
  options: {
    ...CONNECTION_OPTIONS,
    origin: {
      value: 'ORIGIN',
      help: 'origin of a page, such as https://localhost:5500, to check CORS for (default: none)',
    },
    'identity-file': {
      value: 'FILE',
      help: 'private key that identifies you to a node at ID@… (default: a new key)',
      completes: 'file',
    },
    timeout: { value: 'SECONDS', help: 'time limit of each step (default: 10)' },
    json: { help: 'report as JSON (default: text)' },
    ...HELP,
  },
  examples: [
    'CLNREST_RUNE=… clnrest doctor',
    'clnrest doctor --ca=ca.pem --rune-file=rune.txt https://192.168.1.10:3010',
  ],
  statuses: {
    0: 'no problems (warnings may occur)',
    1: 'problems, including a gateway that is not reachable',
  },
} as const satisfies CommandEntry;
