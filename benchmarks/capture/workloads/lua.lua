-- Tables, closures, strings, metatables and arithmetic, as scripts mix them.
local function sieve(n)
  local composite, primes = {}, {}
  for i = 2, n do
    if not composite[i] then
      primes[#primes + 1] = i
      for j = i * i, n, i do composite[j] = true end
    end
  end
  return primes
end

local function words(n)
  local count, seed = {}, 42
  for _ = 1, n do
    seed = (seed * 1103515245 + 12345) % 2147483648
    local word = string.format("w%d", seed // 65536 % 500)
    count[word] = (count[word] or 0) + 1
  end
  local sorted = {}
  for word, times in pairs(count) do sorted[#sorted + 1] = word .. ":" .. times end
  table.sort(sorted)
  return table.concat(sorted, ","):gsub("w(%d+):(%d+)", "%2/%1"):reverse()
end

local Point = {}
Point.__index = Point
Point.__add = function(a, b) return setmetatable({ x = a.x + b.x, y = a.y + b.y }, Point) end

local function walk(n)
  local at = setmetatable({ x = 0, y = 0 }, Point)
  for i = 1, n do at = at + setmetatable({ x = i % 7 - 3, y = i % 5 - 2 }, Point) end
  return at.x * 31 + at.y
end

local function queens(n)
  local solutions, column, up, down = 0, {}, {}, {}
  local function place(row)
    if row > n then
      solutions = solutions + 1
      return
    end
    for c = 1, n do
      if not (column[c] or up[row + c] or down[row - c]) then
        column[c], up[row + c], down[row - c] = true, true, true
        place(row + 1)
        column[c], up[row + c], down[row - c] = nil, nil, nil
      end
    end
  end
  place(1)
  return solutions
end

local scale = tonumber(arg and arg[1]) or 2
print("primes", #sieve(1000000 * scale))
print("words", #words(200000 * scale))
print("walk", walk(500000 * scale))
print("queens", queens(8))
