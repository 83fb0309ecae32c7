-- SPDX-License-Identifier: Apache-2.0
-- Approves the scope that the approver has seen in the condition Approved and types here: not whatever is asked for by now.
-- It is signed with the name by which the API server knows who writes it, and that is Argo CD: who may run this action may
-- approve as Argo CD. The API server refuses another name, and the message says which is right.
-- The condition Approved is absent where no policy requires an approval.
local approvable = false
for _, condition in ipairs((obj.status or {}).conditions or {}) do
  if condition.type == "Approved" and condition.status == "False" then
    approvable = true
  end
end
if not approvable then
  error("no approval is pending: the condition Approved is True or absent", 0)
end

local scope = (actionParams or {})["scope"]
if scope == nil or scope == "" then
  error("say which scope you approve: the condition Approved shows it", 0)
end
local as = (actionParams or {})["as"]
if as == nil or as == "" then
  as = "system:serviceaccount:argocd:argocd-server"
end

obj.metadata.annotations = obj.metadata.annotations or {}
obj.metadata.annotations["credence.dev/approve"] = as .. " " .. scope
return obj
