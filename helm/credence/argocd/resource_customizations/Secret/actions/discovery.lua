-- SPDX-License-Identifier: Apache-2.0
-- The actions on a Secret that Credence generates for a MachineIdentity, and on its pending version. Other Secrets have none.
-- Argo CD also runs a disabled action when its CLI or API is called, so each action checks by itself whether it applies.
local annotations = obj.metadata.annotations or {}
local actions = {}

-- Credence writes the version on what it generates. An anchor holds no value.
if annotations["credence.dev/version"] == nil or annotations["credence.dev/anchor-for"] ~= nil then
  return actions
end

local function pending(request, record)
  local asked = annotations["credence.dev/" .. request]
  return asked ~= nil and asked ~= annotations["credence.dev/" .. record]
end

local gone = obj.metadata.deletionTimestamp ~= nil

if annotations["credence.dev/pending-for"] == nil then
  actions["rollback"] = {
    ["displayName"] = "Roll back to the previous version",
    ["iconClass"] = "fa fa-fw fa-undo",
    ["disabled"] = gone or annotations["credence.dev/account-uid"] ~= nil
      or annotations["credence.dev/previous-retires-at"] == nil
      or annotations["credence.dev/previous"] == "gone" or annotations["credence.dev/previous"] == "ending"
      or pending("rollback", "rolled-back-for"),
    ["params"] = { { ["name"] = "reason" } }
  }
end

actions["abort"] = {
  ["displayName"] = "Abort the rotation: drop the pending version",
  ["iconClass"] = "fa fa-fw fa-stop",
  ["disabled"] = gone or pending("abort", "aborted-for"),
  ["params"] = { { ["name"] = "reason" } }
}

return actions
