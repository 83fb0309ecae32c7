-- SPDX-License-Identifier: Apache-2.0
-- An emergency: revokes all credentials at once and generates new ones, without window or overlap. A second request before
-- the first one is handled changes nothing.
local os = require("os")
local status = obj.status or {}
if status.state == "Decommissioned" then
  error("Nothing to revoke: the identity is Decommissioned.", 0)
end

obj.metadata.annotations = obj.metadata.annotations or {}
local asked = obj.metadata.annotations["credence.dev/revoke"]
if asked ~= nil and asked ~= (status.handled or {}).revoke then
  return obj
end
local reason = (actionParams or {})["reason"]
if reason == nil or reason == "" then
  reason = "asked for in Argo CD"
end
obj.metadata.annotations["credence.dev/revoke"] = reason .. ", " .. os.date("!%Y-%m-%dT%XZ")
return obj
