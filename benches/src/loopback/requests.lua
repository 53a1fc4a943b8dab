-- wrk's: the same request again and again, with the next of the tokens each time.
-- Arguments: a file with the value of `Authorization` a line, the method, the body.
local ready, at = {}, 0

function init(arguments)
  local body = arguments[3]
  for line in io.lines(arguments[1]) do
    wrk.headers["Authorization"] = line
    ready[#ready + 1] = wrk.format(arguments[2], "/notes", nil, body)
  end
end

function request()
  at = at % #ready + 1
  return ready[at]
end
