-- SPDX-License-Identifier: Apache-2.0
-- Requests the previous version of a generated Secret. The operator writes the previous value as a new version and runs no
-- hooks. A second request before the first one is handled changes nothing.
local os = require("os")
local annotations = obj.metadata.annotations or {}
if annotations["credence.dev/version"] == nil or annotations["credence.dev/pending-for"] ~= nil then
  error("nothing to roll back: Credence does not generate this Secret", 0)
end
if annotations["credence.dev/account-uid"] ~= nil then
  error("a ServiceAccount token cannot be rolled back: use the action rotate of the MachineIdentity", 0)
end

local asked = annotations["credence.dev/rollback"]
if asked ~= nil and asked ~= annotations["credence.dev/rolled-back-for"] then
  return obj
end
if annotations["credence.dev/previous-retires-at"] == nil or annotations["credence.dev/previous"] == "gone" then
  error("nothing to roll back to: the Secret does not contain a previous version", 0)
end
if annotations["credence.dev/previous"] == "ending" then
  error("nothing to roll back to: the revoke hook of the previous version has started", 0)
end

local reason = (actionParams or {})["reason"]
if reason == nil or reason == "" then
  reason = "requested in Argo CD"
end
annotations["credence.dev/rollback"] = os.date("!%Y-%m-%dT%XZ") .. " " .. reason
obj.metadata.annotations = annotations
return obj
