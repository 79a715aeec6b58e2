export const RUNE_HELP = `Usage: clnrest rune COMMAND …

Create, restrict, decode, explain, check and lint runes, without a node.

Commands:
  create --secret-file FILE [--id N] [RESTRICTION …]
      create a rune from the secret
  restrict RUNE RESTRICTION …
      create a narrower rune; needs no secret; print what lint finds on stderr
  decode RUNE
      print the contents in lightningd's format
  explain RUNE [--method M] [--params JSON] …
      explain the restrictions; with --method, which of them allow the call
  check --secret-file FILE RUNE --method M …
      check whether the node would allow the call
  lint RUNE
      find what can drain the node, and likely mistakes

RUNE is base64, createrune's JSON, LIGHTNING_RUNE="…", a pairing link, or 64 hex digits, a colon
and restrictions; - reads it from stdin.
Each RESTRICTION is a word such as 'method=getinfo' or 'method^list|method=summary'; or readonly;
or JSON as for createrune, '[["method=invoice","method=listinvoices"],["rate=60"]]'.

Options:
  --secret-file FILE   file with the node's rune secret in hex (makesecret string=commando),
                       - for stdin
  --secret HEX         the secret itself (visible to other local users)
  --id N               unique id of the new rune (default: 0)
  --method M           command of the call (default: none)
  --params JSON        parameters of the call, an object or array (default: none)
  --nodeid ID          id of the peer that calls (default: none)
  --time T             time of the call, in seconds since 1970 (default: now)
  --last-used T        time of the rune's last use, in seconds since 1970, or never
                       (default: unknown, which fails rate and per)
  --json               JSON output (default: text)
  -h, --help           this help

Each command accepts only the options that apply to it, each at most once.

Examples:
  clnrest rune create --secret-file secret --id 7 method=getinfo
  clnrest rune restrict - readonly 'per=10sec' < rune.txt
  clnrest rune decode - < rune.txt
  clnrest rune explain - --method pay < rune.txt
  clnrest rune check --secret-file secret - --method getinfo < rune.txt
  clnrest rune lint - < rune.txt

Exit status: 0 on success; 1 if the rune is refused or malformed, if lint finds a mistake, or if
the command line is invalid.
`;
