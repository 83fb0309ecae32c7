package dev.credence.act;

import dev.credence.facts.Subject;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.ArrayList;
import java.util.List;

/// A memory that can be looked at.
final class Remembered implements Act.Memory {
  final List<HasMetadata> wrote = new ArrayList<>();
  final List<ObjectMeta> marked = new ArrayList<>();
  final List<String> restarted = new ArrayList<>();

  @Override
  public void wrote(HasMetadata object) {
    wrote.add(object);
  }

  @Override
  public void marked(String namespace, Subject subject, ObjectMeta metadata) {
    marked.add(metadata);
  }

  @Override
  public void restarted(String namespace) {
    restarted.add(namespace);
  }
}
