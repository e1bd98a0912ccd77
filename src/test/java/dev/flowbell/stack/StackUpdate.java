package dev.flowbell.stack;

import dev.flowbell.testing.Json;
import dev.flowbell.testing.emulator.StackTemplate;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What CloudFormation does to the resources of a stack whose parameters change.
///
/// A resource is replaced if a property changes that AWS can only create, and a property changes if
/// its text does, or if it refers to a resource that is replaced.
final class StackUpdate {
  private final StackTemplate before;
  private final StackTemplate after;
  private final Set<String> replaced = new TreeSet<>();

  StackUpdate(StackTemplate before, StackTemplate after) {
    this.before = before;
    this.after = after;
    int found;
    do {
      found = replaced.size();
      for (String id : kept()) {
        for (String property : after.createOnlyProperties(id)) {
          if (changes(id, property)) {
            replaced.add(id);
          }
        }
      }
    } while (replaced.size() > found);
  }

  /// Returns the logical ids of replaced resources.
  Set<String> replaced() {
    return replaced;
  }

  /// Returns the logical ids of resources that leave the stack.
  Set<String> removed() {
    Set<String> removed = new TreeSet<>(before.resources().keySet());
    removed.removeAll(after.resources().keySet());
    return removed;
  }

  /// Returns whether any property of a resource changes, but for some.
  boolean changesBesides(String id, String... ignored) {
    Set<String> names = new HashSet<>(before.properties(id).keySet());
    names.addAll(after.properties(id).keySet());
    names.removeAll(Set.of(ignored));
    return names.stream().anyMatch(property -> changes(id, property));
  }

  /// Returns whether a resource that is replaced or removed stays in the account.
  boolean isRetained(String id) {
    Map<String, @Nullable Object> resource = Json.objectAt(before.resources(), id);
    String attribute = replaced.contains(id) ? "UpdateReplacePolicy" : "DeletionPolicy";
    return String.valueOf(resource.get(attribute)).startsWith("Retain");
  }

  private Set<String> kept() {
    Set<String> kept = new TreeSet<>(before.resources().keySet());
    kept.retainAll(after.resources().keySet());
    return kept;
  }

  private boolean changes(String id, String property) {
    return !Objects.equals(before.properties(id).get(property), after.properties(id).get(property))
        || after.references(id, property).stream().anyMatch(replaced::contains);
  }
}
