wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local lines = {}
for i = 1, 10 do
  lines[i] = string.format('{"sku":"ABC-%04d","quantity":%d,"price":%d.25,"note":"line %d"}', i, i, i, i)
end
wrk.body = '{"customer":"Ada Lovelace","email":"ada@example.org","lines":[' .. table.concat(lines, ",") .. "]}"
