-- SPDX-License-Identifier: Apache-2.0
-- Removes the annotations `suspend` and `compromised`. What else suspends the identity stays: its state in Git, its expiration,
-- a policy.
local annotations = obj.metadata.annotations or {}
if annotations["credence.dev/suspend"] == nil and annotations["credence.dev/compromised"] == nil then
  if (obj.status or {}).state == "Suspended" then
    error("The identity is not suspended by the annotation credence.dev/suspend. The condition Suspended shows what must change.", 0)
  end
  return obj
end
annotations["credence.dev/suspend"] = nil
annotations["credence.dev/compromised"] = nil
return obj
