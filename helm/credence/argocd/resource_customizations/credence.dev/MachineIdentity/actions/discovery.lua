-- SPDX-License-Identifier: Apache-2.0
-- The actions on a MachineIdentity. Argo CD also runs a disabled action when its CLI or API is called, so each action
-- checks by itself whether it applies.
local annotations = obj.metadata.annotations or {}
local status = obj.status or {}
local handled = status.handled or {}

local gone = obj.metadata.deletionTimestamp ~= nil or status.state == "Decommissioned"
local suspended = status.state == "Suspended"
-- The condition Approved is absent where no policy requires an approval.
local approvable = false
for _, condition in ipairs(status.conditions or {}) do
  if condition.type == "Approved" and condition.status == "False" then
    approvable = true
  end
end

local function pending(request)
  local asked = annotations["credence.dev/" .. request]
  return asked ~= nil and asked ~= handled[request]
end

local actions = {}

actions["rotate"] = {
  ["displayName"] = "Rotate all credentials now",
  ["iconClass"] = "fa fa-fw fa-sync",
  ["disabled"] = gone or suspended or pending("rotate")
}

actions["suspend"] = {
  ["displayName"] = "Suspend until resumed",
  ["iconClass"] = "fa fa-fw fa-pause",
  ["disabled"] = gone or annotations["credence.dev/suspend"] ~= nil,
  ["params"] = { { ["name"] = "reason" } }
}

actions["resume"] = {
  ["displayName"] = "Resume: remove the request to suspend",
  ["iconClass"] = "fa fa-fw fa-play",
  ["disabled"] = gone or
    (annotations["credence.dev/suspend"] == nil and annotations["credence.dev/compromised"] == nil)
}

actions["approve"] = {
  ["displayName"] = "Approve the requested scope",
  ["iconClass"] = "fa fa-fw fa-check",
  ["disabled"] = gone or not approvable,
  ["params"] = { { ["name"] = "scope" }, { ["name"] = "as" } }
}

actions["review"] = {
  ["displayName"] = "Review: still needed",
  ["iconClass"] = "fa fa-fw fa-calendar-check",
  ["disabled"] = gone,
  ["params"] = { { ["name"] = "as" } }
}

actions["revoke"] = {
  ["displayName"] = "Revoke all credentials (emergency)",
  ["iconClass"] = "fa fa-fw fa-ban",
  ["disabled"] = gone or pending("revoke"),
  ["params"] = { { ["name"] = "reason" } }
}

return actions
