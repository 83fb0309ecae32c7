-- SPDX-License-Identifier: Apache-2.0
-- Confirms that the identity is still needed. The API server knows the writer as Argo CD, so users who can run this action
-- review as Argo CD. The API server rejects any other name, and its message contains the right one.
local os = require("os")
if (obj.status or {}).state == "Decommissioned" then
  error("Nothing to review: the identity is Decommissioned.", 0)
end
local as = (actionParams or {})["as"]
if as == nil or as == "" then
  as = "system:serviceaccount:argocd:argocd-server"
end

obj.metadata.annotations = obj.metadata.annotations or {}
obj.metadata.annotations["credence.dev/review"] = as .. " " .. os.date("!%Y-%m-%dT%XZ")
return obj
