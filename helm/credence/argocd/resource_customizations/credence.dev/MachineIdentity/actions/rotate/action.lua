-- SPDX-License-Identifier: Apache-2.0
-- Requests new versions of all credentials, inside the windows of the policy. A second request before the first one is
-- handled changes nothing.
local os = require("os")
local status = obj.status or {}
if status.state == "Suspended" or status.state == "Decommissioned" then
  error("Nothing to rotate: the identity is " .. status.state .. ".", 0)
end

obj.metadata.annotations = obj.metadata.annotations or {}
local asked = obj.metadata.annotations["credence.dev/rotate"]
if asked ~= nil and asked ~= (status.handled or {}).rotate then
  return obj
end
obj.metadata.annotations["credence.dev/rotate"] = os.date("!%Y-%m-%dT%XZ") .. " by Argo CD"
return obj
