-- The longest Collatz sequence below a limit, in twenty parts. Recursion and a table of what is known: the script's
-- stack is in the interpreter's memory, the interpreter's own stack is what is saved frame by frame.
local PARTS, PART, KNOWN = 20, 40000, 50000
local lengths = { [1] = 1 }

local function length(n)
  local known = lengths[n]
  if known then return known end
  local next = n % 2 == 0 and n // 2 or 3 * n + 1
  local result = length(next) + 1
  if n <= KNOWN then lengths[n] = result end
  return result
end

local best, start, checksum = 0, 0, 0
for part = 1, PARTS do
  for n = (part - 1) * PART + 1, part * PART do
    local l = length(n)
    checksum = (checksum * 31 + l) % 4294967291
    if l > best then best, start = l, n end
  end
  io.write(string.format("part %2d of %d: longest so far starts at %d, %d steps\n", part, PARTS, start, best))
  io.flush()
end
io.write(string.format("checksum %d\n", checksum))
