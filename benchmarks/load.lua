-- Asks the paths of BENCH_PATHS in turn, or posts BENCH_BODY with a fresh key each time; prints what wrk measured as JSON.
local paths, body, count, thread_number = {}, os.getenv("BENCH_BODY"), 0, 0

function setup(thread)
  thread:set("number", thread_number)
  thread_number = thread_number + 1
end

function init()
  for path in string.gmatch(os.getenv("BENCH_PATHS"), "[^\n]+") do table.insert(paths, path) end
  wrk.headers["Cookie"] = os.getenv("BENCH_COOKIE")
  math.randomseed(tonumber(os.getenv("BENCH_SEED")) + number)
end

function request()
  count = count + 1
  local path = paths[1 + count % #paths]
  if not body then return wrk.format("GET", path) end
  local key = string.format("bench%s%d%08d%06d", os.getenv("BENCH_SEED"), number, count, math.random(999999))
  local filled = string.gsub(body, "__KEY__", key)
  return wrk.format("POST", path, { ["Content-Type"] = "application/x-www-form-urlencoded", ["Cookie"] = os.getenv("BENCH_COOKIE") }, filled)
end

function done(summary, latency)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  io.write(string.format('\nJSON {"rps": %.2f, "p50": %.2f, "p95": %.2f, "bad": %d, "requests": %d}\n',
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000, latency:percentile(95) / 1000, bad, summary.requests))
end
