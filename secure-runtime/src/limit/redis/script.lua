-- One charge. KEYS[1] holds the counter, whatever its rule needs, and nothing else is touched.
--
-- ARGV: 'take', amount, 0, and for each quota: most, period, grain
--       'back', amount, the moment of the taking, and the same for each quota
--       'smooth', amount, 0, burst, ticks between two units, ticks in a microsecond
-- Answers {1, number of the strictest quota, remaining, reset, now}
--      or {0, number of the quota without room, wait}
--
-- Times are in microseconds and whole, but for the debt of a smooth rule, which is in ticks: 2^-20 of a
-- microsecond at the finest. All numbers stay below 2^53, up to which a double has them exactly.
-- `now` and `keep` come from the lines before.

local act, amount, taken = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local found = redis.call('GET', KEYS[1])
local state = found and cmsgpack.unpack(found) or {now}

-- The clock has stepped back: what is there moves with it, so that it counts as long as it would have if
-- time had stood still.
local shift = math.max(0, state[1] - now)

if act == 'smooth' then
    local burst, scale = tonumber(ARGV[4]), tonumber(ARGV[6])
    local interval = tonumber(ARGV[5]) / scale
    local debt = math.max(0, (state[2] or 0) - (now - state[1] + shift))
    local after = debt + amount * interval
    local wait = after - burst * interval
    local passes = wait <= 0
    if not passes then after = debt end
    if passes and amount > 0 or shift > 0 then
        keep({now, after}, now + after)
    end
    if not passes then return {0, 1, math.ceil(wait)} end
    local owed = math.ceil(after / interval)
    local reset = 0
    if owed > 0 then reset = math.ceil(after - (owed - 1) * interval) end
    return {1, 1, burst - owed, reset, now}
end

local function slot_of(moment, grain)
    return moment - moment % grain + grain - 1
end

-- The slots that still count, as a list of moments and counts, and how much they hold together.
local function living(slots, period, grain)
    local living, last, count = {}, 0, 0
    for i = 1, #slots, 2 do
        local at, units = slots[i], slots[i + 1]
        if shift > 0 then at = slot_of(at - shift, grain) end
        if at + period > now then
            count = count + units
            if last > 0 and living[last - 1] >= at then
                living[last] = living[last] + units
            else
                living[last + 1], living[last + 2] = at, units
                last = last + 2
            end
        end
    end
    return living, count
end

local quotas = {}
for q = 1, (#ARGV - 3) / 3 do
    local most, period, grain = tonumber(ARGV[3 * q + 1]), tonumber(ARGV[3 * q + 2]), tonumber(ARGV[3 * q + 3])
    local slots, count = living(state[q + 1] or {}, period, grain)
    quotas[q] = {most = most, period = period, grain = grain, slots = slots, count = count}
end

-- Writes the counter down, until nothing of it counts any more.
local function write()
    local after, till = {now}, now
    for q, quota in ipairs(quotas) do
        local slots = quota.slots
        after[q + 1] = slots
        if #slots > 0 then till = math.max(till, slots[#slots - 1] + quota.period) end
    end
    if till > now then keep(after, till) else redis.call('DEL', KEYS[1]) end
end

if act == 'take' then
    local full, longest = 0, 0
    for q, quota in ipairs(quotas) do
        local excess, slots = quota.count + amount - quota.most, quota.slots
        local i = 1
        while excess > 0 do
            excess = excess - slots[i + 1]
            local wait = slots[i] + quota.period - now
            if excess <= 0 and wait > longest then full, longest = q, wait end
            i = i + 2
        end
    end
    if full > 0 then
        if shift > 0 then write() end
        return {0, full, longest}
    end
    for _, quota in ipairs(quotas) do
        local slots, at = quota.slots, slot_of(now, quota.grain)
        local last = #slots
        if last > 0 and slots[last - 1] >= at then
            slots[last] = slots[last] + amount
        else
            slots[last + 1], slots[last + 2] = at, amount
        end
        quota.count = quota.count + amount
    end
    write()
else
    local any = shift > 0
    for _, quota in ipairs(quotas) do
        local slots, at = quota.slots, slot_of(taken, quota.grain)
        for i = 1, #slots, 2 do
            if slots[i] == at then
                local given = math.min(amount, slots[i + 1])
                slots[i + 1] = slots[i + 1] - given
                quota.count = quota.count - given
                any = true
                if slots[i + 1] == 0 then
                    table.remove(slots, i)
                    table.remove(slots, i)
                end
                break
            end
        end
    end
    if any then write() end
end

local strictest, remaining, reset
for q, quota in ipairs(quotas) do
    local left, grows = quota.most - quota.count, 0
    if #quota.slots > 0 then grows = quota.slots[1] + quota.period - now end
    if not strictest or left < remaining or left == remaining and grows > reset then
        strictest, remaining, reset = q, left, grows
    end
end
return {1, strictest, remaining, reset, now}
