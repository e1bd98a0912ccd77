package dev.flowbell.cli;

import dev.flowbell.classify.Door;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.IpAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// What was rejected, over all records of a replay, by who and where. Each record is counted as it
/// is read, so that nothing depends on how records are spread over files and payloads.
final class RejectedSums {
  private static final int MOST_ADDRESSES = 500_000;
  private static final int MOST_NAMES = 100_000;

  /// A day has 24; a damaged time makes an hour of its own.
  private static final int MOST_HOURS = 100_000;

  private final BoundedSums<IpAddress> sources = new BoundedSums<>(MOST_ADDRESSES);
  private final BoundedSums<Door> doors = new BoundedSums<>(MOST_ADDRESSES);
  private final BoundedSums<ReplayReport.Port> ports = new BoundedSums<>(MOST_NAMES);
  private final BoundedSums<String> interfaces = new BoundedSums<>(MOST_NAMES);
  private final BoundedSums<String> accounts = new BoundedSums<>(MOST_NAMES);
  private final BoundedSums<Instant> hours = new BoundedSums<>(MOST_HOURS);

  /// Adds a record, if it is rejected.
  void add(FlowRecord record) {
    if (!record.isReject()) {
      return;
    }
    IpAddress source = record.address(record.originalSource());
    if (source != null) {
      sources.add(source);
    }
    IpAddress target = record.address(FlowField.DSTADDR);
    if (target != null) {
      Door door = Door.of(target, (int) record.protocol(), (int) record.destinationPort());
      doors.add(door);
      ports.add(new ReplayReport.Port(door.protocol(), door.port()));
    }
    add(record.text(FlowField.INTERFACE_ID), interfaces);
    add(record.text(FlowField.ACCOUNT_ID), accounts);
    if (record.endSeconds() != FlowRecord.ABSENT) {
      hours.add(Instant.ofEpochSecond(record.endSeconds()).truncatedTo(ChronoUnit.HOURS));
    }
  }

  private static void add(@Nullable String name, BoundedSums<String> sums) {
    if (name != null) {
      sums.add(name);
    }
  }

  /// Returns the sums by original source.
  BoundedSums<IpAddress> sources() {
    return sources;
  }

  /// Returns the sums by address, protocol and port of the destination.
  BoundedSums<Door> doors() {
    return doors;
  }

  /// Returns the sums by protocol and port, at any destination.
  BoundedSums<ReplayReport.Port> ports() {
    return ports;
  }

  /// Returns the sums by network interface.
  BoundedSums<String> interfaces() {
    return interfaces;
  }

  /// Returns the sums by account of the network interface.
  BoundedSums<String> accounts() {
    return accounts;
  }

  /// Returns the sums by hour of the records' ends.
  BoundedSums<Instant> hours() {
    return hours;
  }
}
