-- SPDX-License-Identifier: Apache-2.0
-- An emergency: ends all values at once and makes new ones, without window or overlap. Once more while it is not answered
-- changes nothing.
local os = require("os")
local status = obj.status or {}
if status.state == "Decommissioned" then
  error("its values have ended with it: the identity is Decommissioned", 0)
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
