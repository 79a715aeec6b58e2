export const RUNE_HELP = `Usage: clnrest rune COMMAND …

Makes, narrows, reads and judges runes. Needs no node.

  create   --secret-file FILE [--id N] [RESTRICTIONS …]   a new rune of that secret
  restrict RUNE RESTRICTIONS …                            a narrower rune; needs no secret
  decode   RUNE                                           what is in it, in lightningd's words
  explain  RUNE [--method M] [--params JSON] …            in words; for a call, what passes and why
  check    --secret-file FILE RUNE --method M …           may it run this? as the node would judge
  lint     RUNE                                           what its author may not have meant

RUNE is base64, or 64 hex digits, a colon and restrictions; - reads it from stdin.
RESTRICTIONS are words such as 'method=getinfo' or 'method^list|method=summary', one each;
or readonly; or createrune's JSON, '[["method=pay"],["rate=2","per=1day"]]'.

  --secret-file FILE   the node's rune secret in hex (makesecret string=commando); - for stdin
  --secret HEX         the same on the command line, where other users of the machine see it
  --id N               the unique id of a new rune (default: 0)
  --method M           the command to be run
  --params JSON        its parameters, an object or array (default: none)
  --nodeid ID          the node that asks, where it is a peer
  --time T             when, in seconds since 1970 (default: now)
  --last-used T        when the rune was last used, in seconds since 1970, or never; without it,
                       rate and per are refused
  --json               JSON even on a terminal
  -h, --help           this text

A command takes the options that are meant for it, each once, and refuses others.

Exit status: 0; 1 where a rune is refused or malformed, lint finds a mistake, or the command line is wrong.
`;
