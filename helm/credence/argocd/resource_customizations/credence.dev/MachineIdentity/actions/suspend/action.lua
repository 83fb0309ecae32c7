-- SPDX-License-Identifier: Apache-2.0
-- Suspends the identity by an annotation, which Argo CD does not compare, and not by spec.state, which Git may state.
-- A second request changes nothing: the reason of the first one stays.
local os = require("os")
if (obj.status or {}).state == "Decommissioned" then
  error("Nothing to suspend: the identity is Decommissioned.", 0)
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
