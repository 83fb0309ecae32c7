-- SPDX-License-Identifier: Apache-2.0
-- Takes the request to suspend away. What else keeps the identity out of service stays: its state in Git, its end, a policy.
local annotations = obj.metadata.annotations or {}
if annotations["credence.dev/suspend"] == nil then
  if (obj.status or {}).state == "Suspended" then
    error("it is not suspended by the annotation credence.dev/suspend: the condition Suspended says what must change", 0)
  end
  return obj
end
annotations["credence.dev/suspend"] = nil
return obj
