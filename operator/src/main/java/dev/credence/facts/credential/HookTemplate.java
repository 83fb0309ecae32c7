// SPDX-License-Identifier: Apache-2.0
package dev.credence.facts.credential;

import java.util.List;

/// The pod template of a hook's CronJob, as far as an approver must know it.
public sealed interface HookTemplate {

  /// `digest`: of the whole pod template; `account` and `images` are what people read of it.
  record Found(String digest, String account, List<String> images) implements HookTemplate {
    public Found {
      images = List.copyOf(images);
    }
  }

  /// There is no such CronJob.
  record Absent() implements HookTemplate {}

  /// The API server does not let it be read; `why` is its answer.
  record Unread(String why) implements HookTemplate {}
}
