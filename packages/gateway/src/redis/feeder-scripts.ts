// Scripts run in Redis as one step. Numbers are below 2^53, which Lua's numbers represent exactly.

/** Returns the newest id that a stream has had, even if its entry was removed. */
const LAST_ID = `
local function lastIdOf(key)
  if redis.call('EXISTS', key) == 0 then return '0-0' end
  local info = redis.call('XINFO', 'STREAM', key)
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then return info[i + 1] end
  end
end
`;

/**
 * Claims the stream for a feeder. Keys: feeder, events. Arguments: the feeder's own number or an empty text, a proposed number,
 * `1` to replace a feeder that has not ended, the sequence number before the first event, `1` if nothing can be missing
 * since a feeder that has ended with the same record of the node, the sequence number before the oldest event of this feeder's
 * number that it still has, the newest sequence number, the record of the node, which is empty if it is not known, and `1` if this
 * feeder has all notifications that the other one can have appended.
 *
 * Returns the number and `mine`, `new` with the sequence number before the first event, `busy` with the counter of the other
 * feeder, or `free` with whether the other feeder has ended (`0` if it only hangs): then the caller must get all notifications, and
 * claim again.
 */
export const CLAIM = `${LAST_ID}
local number = redis.call('HGET', KEYS[1], 'number')
local ended = redis.call('HGET', KEYS[1], 'ended')
local lastId = lastIdOf(KEYS[2])
local lastNumber = string.match(lastId, '^(%d+)-')
local own = ARGV[1]
if own ~= '' and (not number or number == own) and tonumber(lastNumber) <= tonumber(own) then
  if lastNumber ~= own then
    redis.call('HSET', KEYS[1], 'after', ARGV[6])
    redis.call('XADD', KEYS[2], own .. '-0', 'start', '1', 'after', ARGV[6], 'complete', '0', 'previous', lastId)
  end
  redis.call('HSET', KEYS[1], 'number', own, 'ended', '0')
  return {own, 'mine'}
end
if number and number ~= own and ended == '0' and ARGV[3] ~= '1' then
  return {number, 'busy', redis.call('HGET', KEYS[1], 'beat') or ''}
end
if number and number ~= own and ARGV[9] ~= '1' then return {number, 'free', ended} end
local mine = math.max(tonumber(ARGV[2]), tonumber(number or '0') + 1, tonumber(lastNumber) + 1)
local text = string.format('%.0f', mine)
local isSame = ended == '1' and ARGV[8] ~= '' and redis.call('HGET', KEYS[1], 'node') == ARGV[8]
local complete = ARGV[5] == '1' and (isSame or (not number and lastId == '0-0'))
local after = ARGV[4]
if own ~= '' and number and tonumber(number) > tonumber(own) then
  -- While this feeder hung, another one has appended events that this one has, too, with numbers of its own.
  after = ARGV[7]
  complete = false
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'number', text, 'ended', '0', 'beat', '0', 'after', after)
redis.call('XADD', KEYS[2], text .. '-0', 'start', '1', 'after', after, 'complete', complete and '1' or '0', 'previous', lastId)
return {text, 'new', after}
`;

/**
 * Appends events. Keys: feeder, events. Arguments: the feeder's number, the length of the stream, the sequence number of the
 * first event, the oldest sequence number that the feeder still has, then a topic and a payload for each event.
 *
 * Returns the sequence number of the newest event in the stream, -1 if another feeder has claimed the stream, or -2 if the
 * stream has lost the start of this feeder. Events that are in the stream already are not appended again. If events before the
 * first one are missing and the feeder still has them, nothing is appended.
 */
export const APPEND = `${LAST_ID}
if redis.call('HGET', KEYS[1], 'number') ~= ARGV[1] then return -1 end
local number, sequence = string.match(lastIdOf(KEYS[2]), '^(%d+)-(%d+)$')
if number ~= ARGV[1] then return -2 end
local at = tonumber(sequence)
if at == 0 then at = tonumber(redis.call('HGET', KEYS[1], 'after') or '0') end
local first = tonumber(ARGV[3])
if first > at + 1 and tonumber(ARGV[4]) < first then return at end
for i = 5, #ARGV, 2 do
  local n = first + (i - 5) / 2
  if n > at then
    redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[2], ARGV[1] .. '-' .. string.format('%.0f', n), 'topic', ARGV[i], 'payload', ARGV[i + 1])
    at = n
  end
end
return at
`;

/**
 * Shows that the feeder runs, and grants leases. Keys: feeder, gateways, grants. Arguments: the feeder's number, the
 * version of the registered paths, then a gateway and its grant, or an empty text to forget a gateway. Returns all gateways with their values, or -1 if another feeder has
 * claimed the stream.
 */
export const BEAT = `
if redis.call('HGET', KEYS[1], 'number') ~= ARGV[1] then return -1 end
redis.call('HINCRBY', KEYS[1], 'beat', 1)
redis.call('HSET', KEYS[1], 'paths', ARGV[2])
for i = 3, #ARGV, 2 do
  if ARGV[i + 1] == '' then
    redis.call('HDEL', KEYS[2], ARGV[i])
    redis.call('HDEL', KEYS[3], ARGV[i])
  else
    redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 1])
  end
end
return redis.call('HGETALL', KEYS[2])
`;

/** Announces a change of the blacklist. Keys: feeder, revocations. Arguments: the feeder's number, the change's, and the range. */
export const REVOKE = `
if redis.call('HGET', KEYS[1], 'number') ~= ARGV[1] then return -1 end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', '1000', ARGV[1] .. '-' .. ARGV[2], 'range', ARGV[3])
return 1
`;

/**
 * Notes that the feeder has appended everything that it has, and ends. Keys: feeder. Arguments: the feeder's number, `1` if
 * nothing can be missing before the node starts again, otherwise `2`, and the record of the node.
 */
export const END = `
if redis.call('HGET', KEYS[1], 'number') ~= ARGV[1] then return -1 end
return redis.call('HSET', KEYS[1], 'ended', ARGV[2], 'node', ARGV[3])
`;
