import type { CategoryText } from '../description-types.ts';

export const node: CategoryText = {
  title: 'Node',
  description: 'Information about the node, its options, its plugins and its log.',
  commands: {
    getinfo: {
      summary: 'Returns the identity, version, network and status of the node.',
      description:
        'While the node is behind the blockchain, the result has a `warning_…` member. Use it to check that a node is reachable.',
    },
    help: {
      summary: 'Lists the commands of the node, or shows how to call one of them.',
      description: 'The list includes the commands of all plugins that run.',
      params: {
        command: 'The command to describe. Default: all commands, each with its parameters.',
      },
    },
    check: {
      summary: 'Validates the parameters of a command without running it.',
      description:
        'Pass the parameters of the command beside `command_to_check`. Some commands also check whether they could succeed, such as `setconfig`.',
      params: { command_to_check: 'The name of the command whose parameters to validate.' },
    },
    listconfigs: {
      summary: 'Lists the options of the node with their values and sources.',
      description: 'A source is a file and line, the command line, a default, or a plugin.',
      params: { config: 'The name of one option, without dashes. Default: all options.' },
    },
    setconfig: {
      summary: 'Changes an option while the node runs.',
      description:
        'Only options that `listconfigs` shows as `dynamic` can change. The node writes the value to its configuration file, so it outlives a restart.',
      params: {
        config: 'The name of the option, without dashes.',
        val: 'The new value. Omit it for options without a value.',
        transient:
          'Whether to leave the configuration file unchanged: the value then lasts until the restart.',
      },
    },
    getlog: {
      summary: "Returns the newest entries of the node's log from memory.",
      params: { level: 'The least important level to include.' },
    },
    plugin: {
      summary: 'Starts, stops, reloads or lists plugins.',
      description:
        '`start` returns after the plugin has initialised. Only plugins that are `dynamic` can start or stop while the node runs.',
      params: {
        subcommand:
          '`start` and `stop` require `plugin`; `startdir` requires `directory`; `rescan` and `list` require nothing.',
        plugin: 'The path of the plugin to start, or the name of the one to stop.',
        directory: 'The directory whose plugins to start.',
        options: 'Options for the plugin that `start` starts, each as `name=value`.',
      },
    },
    reckless: {
      summary: 'Searches, installs, enables, disables and removes plugins from public collections.',
      description: 'The node runs the program `reckless`, which must be installed.',
      params: {
        command: 'What to do. `source` manages the collections that are searched.',
        'target/subcommand':
          'The name of the plugin, or what `source` does: `list`, `add` or `remove`.',
        target: 'The name of the plugin, or the URL of a collection for `source`.',
      },
    },
    graceful: {
      summary: 'Prepares a safe shutdown: accepts no more HTLCs and disconnects idle peers.',
      description:
        'The command returns when no HTLC is pending and all peers are disconnected, or after the timeout. Call `stop` afterwards.',
      params: {
        timeout: 'Seconds to wait. The result then lists what is still pending. Default: no limit.',
      },
    },
    stop: {
      summary: 'Shuts down the node.',
      description: 'The reply arrives before the node exits.',
    },
    wait: {
      summary: 'Waits until an item is created, updated or deleted.',
      description:
        'Each subsystem counts its items in three indexes. The command returns when the index reaches `nextvalue`, at once if it already has. To read the items, pass the index to the command that lists them.',
      params: {
        subsystem: 'The kind of items.',
        indexname: 'The kind of change to wait for.',
        nextvalue: 'The index to wait for. Use 0 to read the current index.',
      },
    },
    sql: {
      summary: "Queries the node's data with SQL.",
      description:
        'The tables hold what the commands that list items return; `listsqlschemas` shows their columns. The node fills the tables of a query before it runs.',
      params: {
        query:
          'A SELECT in the dialect of SQLite. Name the columns: their order can change with versions.',
      },
    },
    listsqlschemas: {
      summary: 'Lists the tables and columns that `sql` can query.',
      params: { table: 'The name of one table. Default: all tables.' },
    },
    'autoclean-once': {
      summary: 'Deletes old records of one kind now.',
      params: {
        subsystem: 'The kind of records.',
        age: 'The least age of the records to delete, in seconds.',
      },
    },
    'autoclean-status': {
      summary: 'Shows which records the node deletes automatically, and how many it has deleted.',
      params: { subsystem: 'The kind of records. Default: all kinds.' },
    },
    batching: {
      summary:
        'Lets this connection delay the commits of its commands to the database, to save time.',
      description: 'The setting applies to the connection that made the call.',
      params: { enable: 'Whether to delay commits.' },
    },
    notifications: {
      summary: 'Switches progress notifications of commands on or off for this connection.',
      params: { enable: 'Whether to send notifications.' },
    },
    deprecations: {
      summary: 'Switches deprecated features on or off for this connection.',
      description: 'Switch them off in tests, to find what the next versions will remove.',
      params: { enable: 'Whether deprecated features work.' },
    },
    'clnrest-register-path': {
      summary: 'Registers a path of the REST API that runs a command.',
      description: 'Plugins call it. Parts of the path in `<…>` become parameters.',
      params: {
        path: 'The path after `/v1`, such as `/orders/<id>`.',
        rpc_method: 'The command that a request for the path runs.',
        http_method: 'The HTTP method. Default: POST.',
        rune_required: 'Whether a request must have a rune. Default: true.',
        rune_restrictions: 'What the rune must allow, if that is not the command itself.',
      },
    },
  },
};
