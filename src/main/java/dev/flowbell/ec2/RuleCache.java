package dev.flowbell.ec2;

import dev.flowbell.record.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Remembers EC2's answers for some minutes, so that alerts about one interface ask once. What EC2
/// refused is asked again.
final class RuleCache {
  /// A function that is busy for days must not remember all interfaces that it asked about.
  private static final int MOST_ANSWERS = 1_000;

  private final RuleSource ec2;
  private final InstantSource clock;
  private final Duration age;
  private final Map<List<Object>, Answer> answers = new ConcurrentHashMap<>();

  /// Creates a cache.
  ///
  /// @param age how old an answer may be
  RuleCache(RuleSource ec2, InstantSource clock, Duration age) {
    this.ec2 = ec2;
    this.clock = clock;
    this.age = age;
  }

  private record Answer(@Nullable Object value, Instant asked) {}

  /// Begins a reading, which knows how old its answers are.
  Reading read() {
    return new Reading();
  }

  /// Answers from the cache, else from EC2.
  final class Reading implements RuleSource {
    private final AtomicReference<Instant> asked = new AtomicReference<>(clock.instant());

    /// Returns when EC2 was asked for the oldest of the answers.
    Instant asked() {
      return asked.get();
    }

    @Override
    public @Nullable NetworkInterface networkInterface(String id) {
      return ask(List.of("networkInterface", id), () -> ec2.networkInterface(id));
    }

    @Override
    public List<NetworkInterface> networkInterfacesAt(IpAddress address) {
      return Objects.requireNonNull(
          ask(List.of("networkInterfacesAt", address), () -> ec2.networkInterfacesAt(address)));
    }

    @Override
    public List<SecurityGroup> securityGroups(Collection<String> ids) {
      return Objects.requireNonNull(
          ask(
              List.of("securityGroups", List.copyOf(new TreeSet<>(ids))),
              () -> ec2.securityGroups(ids)));
    }

    @Override
    public @Nullable NetworkAcl networkAclOf(String subnetId) {
      return ask(List.of("networkAclOf", subnetId), () -> ec2.networkAclOf(subnetId));
    }

    @Override
    public @Nullable Subnet subnet(String id) {
      return ask(List.of("subnet", id), () -> ec2.subnet(id));
    }

    @Override
    public @Nullable PrefixList prefixList(String id) {
      return ask(List.of("prefixList", id), () -> ec2.prefixList(id));
    }

    @Override
    public List<Vpc> vpcs() {
      return Objects.requireNonNull(ask(List.of("vpcs"), ec2::vpcs));
    }

    @Override
    public Map<String, String> names(Collection<String> ids) {
      return Objects.requireNonNull(
          ask(List.of("names", List.copyOf(new TreeSet<>(ids))), () -> ec2.names(ids)));
    }

    /// Two threads that ask the same at the same time may both ask EC2, which does no harm.
    @SuppressWarnings("unchecked") // a key's answers have the type of its method
    private <T> @Nullable T ask(List<Object> key, Supplier<@Nullable T> ask) {
      Instant now = clock.instant();
      Answer known = answers.get(key);
      if (known == null || !now.isBefore(known.asked.plus(age))) {
        known = new Answer(ask.get(), now);
        if (answers.size() >= MOST_ANSWERS) {
          answers.clear();
        }
        answers.put(key, known);
      }
      Instant time = known.asked;
      asked.accumulateAndGet(time, (one, other) -> one.isBefore(other) ? one : other);
      return (@Nullable T) known.value;
    }
  }
}
