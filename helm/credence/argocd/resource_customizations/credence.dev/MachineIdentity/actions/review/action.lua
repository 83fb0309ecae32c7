-- SPDX-License-Identifier: Apache-2.0
-- Confirms that the identity is still needed. It is signed with the name by which the API server knows who writes it, and that
-- is Argo CD: who may run this action may review as Argo CD. The API server refuses another name, and says which is right.
local os = require("os")
if (obj.status or {}).state == "Decommissioned" then
  error("there is nothing to review: the identity is Decommissioned", 0)
end
local as = (actionParams or {})["as"]
if as == nil or as == "" then
  as = "system:serviceaccount:argocd:argocd-server"
end

obj.metadata.annotations = obj.metadata.annotations or {}
obj.metadata.annotations["credence.dev/review"] = as .. " " .. os.date("!%Y-%m-%dT%XZ")
return obj
