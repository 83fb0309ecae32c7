-- SPDX-License-Identifier: Apache-2.0
-- Requests that the operator drops the pending version of a generated Secret and clears Blocked. Whether a version is pending is
-- not recorded on the Secret: where none is, the operator answers that there is nothing to abort. A second request before the
-- first one is handled changes nothing.
local os = require("os")
local annotations = obj.metadata.annotations or {}
if annotations["credence.dev/version"] == nil then
  error("nothing to abort: Credence does not generate this Secret", 0)
end

local asked = annotations["credence.dev/abort"]
if asked ~= nil and asked ~= annotations["credence.dev/aborted-for"] then
  return obj
end

local reason = (actionParams or {})["reason"]
if reason == nil or reason == "" then
  reason = "requested in Argo CD"
end
annotations["credence.dev/abort"] = os.date("!%Y-%m-%dT%XZ") .. " " .. reason
obj.metadata.annotations = annotations
return obj
