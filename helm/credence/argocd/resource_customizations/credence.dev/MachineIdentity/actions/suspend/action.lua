-- SPDX-License-Identifier: Apache-2.0
-- Takes the identity out of service by an annotation, which Argo CD leaves alone, and not by spec.state, which Git may state.
-- Who suspended it first keeps the word: once more changes nothing.
local os = require("os")
if (obj.status or {}).state == "Decommissioned" then
  error("it is out of service for good: the identity is Decommissioned", 0)
end

obj.metadata.annotations = obj.metadata.annotations or {}
if obj.metadata.annotations["credence.dev/suspend"] ~= nil then
  return obj
end
local reason = (actionParams or {})["reason"]
if reason == nil or reason == "" then
  reason = "asked for in Argo CD"
end
obj.metadata.annotations["credence.dev/suspend"] = reason .. ", " .. os.date("!%Y-%m-%dT%XZ")
return obj
