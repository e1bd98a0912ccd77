package dev.flowbell.pipeline;

import dev.flowbell.ec2.Ec2Exception;
import dev.flowbell.ec2.RuleSource;
import dev.flowbell.ec2.Vpc;
import dev.flowbell.record.AddressBlock;
import dev.flowbell.record.AddressBlocks;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The networks of the user's own hosts: the private ones, and the blocks of all VPCs of the
/// account and Region, as EC2 describes them. IPv6 blocks of VPCs are public ones, which no other
/// rule tells from the internet's.
///
/// EC2 is asked again after ten minutes. Where it can't be, what was known holds on.
///
/// Not safe for use by several threads.
public final class InsideNetworks implements Supplier<AddressBlocks> {
  private static final Duration REFRESHED_AFTER = Duration.ofMinutes(10);

  private final AddressBlocks always;
  private final RuleSource ec2;
  private final InstantSource clock;
  private final Consumer<String> warnings;
  private AddressBlocks known;
  private @Nullable Instant asked;

  /// Creates networks.
  ///
  /// @param always the networks that are inside in any case
  /// @param warnings receives a line where EC2 can't be asked
  InsideNetworks(
      AddressBlocks always, RuleSource ec2, InstantSource clock, Consumer<String> warnings) {
    this.always = always;
    this.ec2 = ec2;
    this.clock = clock;
    this.warnings = warnings;
    known = always;
  }

  @Override
  public AddressBlocks get() {
    Instant now = clock.instant();
    if (asked == null || !now.isBefore(asked.plus(REFRESHED_AFTER))) {
      asked = now;
      try {
        known = read(always, ec2);
      } catch (Ec2Exception e) {
        warnings.accept(
            "INSIDE_NETWORKS auto: the blocks of VPCs can't be read, what was known holds on: "
                + e.getMessage());
      }
    }
    return known;
  }

  /// Returns these networks and the blocks of all VPCs.
  ///
  /// @throws Ec2Exception if EC2 can't be asked
  public static AddressBlocks read(AddressBlocks always, RuleSource ec2) {
    Set<AddressBlock> blocks = new LinkedHashSet<>(always.blocks());
    for (Vpc vpc : ec2.vpcs()) {
      for (AddressBlock block : vpc.blocks()) {
        // Each record is compared with each block.
        if (always.blocks().stream().noneMatch(each -> each.contains(block))) {
          blocks.add(block);
        }
      }
    }
    return new AddressBlocks(blocks.stream().toList());
  }
}
