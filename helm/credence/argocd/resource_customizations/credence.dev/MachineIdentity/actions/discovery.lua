-- SPDX-License-Identifier: Apache-2.0
-- What can be asked of a MachineIdentity. Argo CD runs an action that is disabled all the same where it is called by its
-- CLI or API, so each action looks for itself whether it makes sense.
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
  ["displayName"] = "Suspend: out of service until resumed",
  ["iconClass"] = "fa fa-fw fa-pause",
  ["disabled"] = gone or annotations["credence.dev/suspend"] ~= nil,
  ["params"] = { { ["name"] = "reason" } }
}

actions["resume"] = {
  ["displayName"] = "Resume: take the request to suspend away",
  ["iconClass"] = "fa fa-fw fa-play",
  ["disabled"] = gone or
    (annotations["credence.dev/suspend"] == nil and annotations["credence.dev/compromised"] == nil)
}

actions["approve"] = {
  ["displayName"] = "Approve the scope that is asked for",
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
  ["displayName"] = "Revoke all credentials: an emergency",
  ["iconClass"] = "fa fa-fw fa-ban",
  ["disabled"] = gone or pending("revoke"),
  ["params"] = { { ["name"] = "reason" } }
}

return actions
