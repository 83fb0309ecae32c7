-- SPDX-License-Identifier: Apache-2.0
-- Health of a MachineIdentity. It follows kstatus (observedGeneration, Stalled, Reconciling, Ready) with one exception: a
-- suspended identity is Suspended. A decommissioned identity is evaluated like any other. Conditions that do not apply to an
-- identity are absent; Ready alone is always there.
local health_status = {}
local status = obj.status or {}

-- Argo CD reports this itself before it runs a script.
if obj.metadata.deletionTimestamp ~= nil then
  health_status.status = "Progressing"
  health_status.message = "Pending deletion"
  return health_status
end

-- The API server sets -1 until the first reconcile.
if (status.observedGeneration or -1) < 0 then
  health_status.status = "Progressing"
  health_status.message = "Waiting for the first reconcile"
  return health_status
end

if status.observedGeneration ~= obj.metadata.generation then
  health_status.status = "Progressing"
  health_status.message = "Waiting for the operator to reconcile the change"
  return health_status
end

local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  conditions[condition.type] = condition
end

local function is_true(type)
  return conditions[type] ~= nil and conditions[type].status == "True"
end

local function said_by(type)
  return conditions[type].reason .. ": " .. conditions[type].message
end

if is_true("Suspended") and status.state ~= "Decommissioned" then
  health_status.status = "Suspended"
  health_status.message = said_by("Suspended")
  return health_status
end

if is_true("Stalled") then
  health_status.status = "Degraded"
  health_status.message = said_by("Stalled")
  return health_status
end

if is_true("Reconciling") then
  health_status.status = "Progressing"
  health_status.message = said_by("Reconciling")
  return health_status
end

if is_true("Ready") then
  health_status.status = "Healthy"
  if status.state == "Decommissioned" and conditions["Suspended"] ~= nil then
    health_status.message = said_by("Suspended")
    return health_status
  end
  health_status.message = said_by("Ready")
  -- Times of this form sort as text does.
  local next_rotation = nil
  for _, credential in ipairs(status.credentials or {}) do
    local time = credential.nextRotationTime
    if time ~= nil and (next_rotation == nil or time < next_rotation) then
      next_rotation = time
    end
  end
  if next_rotation ~= nil then
    health_status.message = health_status.message .. " Next rotation: " .. next_rotation .. "."
  end
  return health_status
end

if conditions["Ready"] == nil or conditions["Ready"].status == "Unknown" then
  health_status.status = "Progressing"
  health_status.message = "Waiting for the condition Ready"
  return health_status
end

health_status.status = "Degraded"
health_status.message = said_by("Ready")
return health_status
