-- SPDX-License-Identifier: Apache-2.0
-- Approves the scope that the approver has read in the condition Approved and types here, and no later one. The API server
-- knows the writer as Argo CD, so users who can run this action approve as Argo CD. The API server rejects any other name, and
-- its message contains the right one.
-- The condition Approved is absent where no policy requires an approval.
local approvable = false
for _, condition in ipairs((obj.status or {}).conditions or {}) do
  if condition.type == "Approved" and condition.status == "False" then
    approvable = true
  end
end
if not approvable then
  error("No approval is pending: the condition Approved is True or absent.", 0)
end

local scope = (actionParams or {})["scope"]
if scope == nil or scope == "" then
  error("Set the parameter scope to the scope that the condition Approved shows.", 0)
end
local as = (actionParams or {})["as"]
if as == nil or as == "" then
  as = "system:serviceaccount:argocd:argocd-server"
end

obj.metadata.annotations = obj.metadata.annotations or {}
obj.metadata.annotations["credence.dev/approve"] = as .. " " .. scope
return obj
