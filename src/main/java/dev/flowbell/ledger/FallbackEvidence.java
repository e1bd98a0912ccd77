package dev.flowbell.ledger;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A claim's evidence that is never unavailable. Once the ledger behind it is, the claim uses the
/// process's memory for the rest: it does not wait for each call to fail.
final class FallbackEvidence implements Evidence {
  private final Evidence evidence;
  private final Supplier<Evidence> newMemory;
  private final Consumer<LedgerUnavailableException> warnings;
  private final Runnable possibleDuplicate;
  private @Nullable Evidence memory;
  private int payloads = 1;

  /// @param newMemory returns the evidence to use instead
  /// @param warnings receives the first failure
  /// @param possibleDuplicate counts one
  FallbackEvidence(
      Evidence evidence,
      Supplier<Evidence> newMemory,
      Consumer<LedgerUnavailableException> warnings,
      Runnable possibleDuplicate) {
    this.evidence = evidence;
    this.newMemory = newMemory;
    this.warnings = warnings;
    this.possibleDuplicate = possibleDuplicate;
  }

  /// Returns evidence in memory from the start.
  static FallbackEvidence inMemory(Evidence memory, Runnable possibleDuplicate) {
    FallbackEvidence evidence =
        new FallbackEvidence(memory, () -> memory, _ -> {}, possibleDuplicate);
    evidence.memory = memory;
    return evidence;
  }

  private <T> T attempt(Function<Evidence, T> call) {
    if (memory == null) {
      try {
        return call.apply(evidence);
      } catch (LedgerUnavailableException e) {
        warnings.accept(e);
        memory = newMemory.get();
        memory.widenTo(payloads);
      }
    }
    return call.apply(memory);
  }

  private void run(Consumer<Evidence> call) {
    attempt(
        each -> {
          call.accept(each);
          return true;
        });
  }

  @Override
  public boolean isBounded() {
    return evidence.isBounded();
  }

  @Override
  public Map<String, EvidenceItem> add(Collection<EvidenceAddition> additions) {
    return attempt(each -> each.add(additions));
  }

  @Override
  public Map<String, EvidenceItem> read(Collection<String> keys) {
    return attempt(each -> each.read(keys));
  }

  @Override
  public void widenTo(int payloads) {
    this.payloads = payloads;
    run(each -> each.widenTo(payloads));
  }

  @Override
  public int mostEpisodes() {
    return attempt(Evidence::mostEpisodes);
  }

  @Override
  public Map<String, Episode> episodes(Collection<String> keys) {
    return attempt(each -> each.episodes(keys));
  }

  /// The memory may not know the episode, because the ledger returned it.
  @Override
  public boolean lease(String key, @Nullable Episode known) {
    boolean isLeased =
        attempt(
            each ->
                each.lease(
                    key, memory != null && each.episodes(List.of(key)).isEmpty() ? null : known));
    if (isLeased && memory != null) {
      possibleDuplicate.run();
    }
    return isLeased;
  }

  @Override
  public void recordSent(String key, Episode episode) {
    run(each -> each.recordSent(key, episode));
  }

  @Override
  public void release(String key) {
    run(each -> each.release(key));
  }

  @Override
  public void extend(String key, Episode episode) {
    run(each -> each.extend(key, episode));
  }

  @Override
  public Set<String> board() {
    return attempt(Evidence::board);
  }

  @Override
  public void post(Set<String> entries) {
    run(each -> each.post(entries));
  }

  @Override
  public void remove(Set<String> entries) {
    run(each -> each.remove(entries));
  }

  @Override
  public boolean countNotification(long hour, int most) {
    return attempt(each -> each.countNotification(hour, most));
  }

  @Override
  public void hold(long hour, String alert) {
    run(each -> each.hold(hour, alert));
  }

  @Override
  public Map<Long, List<String>> takeHeld(long beforeHour) {
    return attempt(each -> each.takeHeld(beforeHour));
  }

  @Override
  public int leftOut() {
    return evidence.leftOut();
  }
}
