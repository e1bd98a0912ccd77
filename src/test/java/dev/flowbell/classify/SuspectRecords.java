package dev.flowbell.classify;

import dev.flowbell.record.IpAddress;

/// Suspect records for tests of what is made of them.
public final class SuspectRecords {
  private SuspectRecords() {}

  /// Returns the record of a suspect.
  public static SuspectRecord of(Suspect suspect) {
    SuspectRecord record = new SuspectRecord();
    record.kind = suspect.kind();
    record.hasSource = true;
    record.sourceHigh = suspect.source().high();
    record.sourceLow = suspect.source().low();
    IpAddress maskedBy = suspect.maskedBy();
    record.isMasked = maskedBy != null;
    record.maskedHigh = maskedBy == null ? 0 : maskedBy.high();
    record.maskedLow = maskedBy == null ? 0 : maskedBy.low();
    record.isInside = suspect.isInside();
    record.isEgress = suspect.isEgress();
    IpAddress target = suspect.target();
    record.hasTarget = target != null;
    record.targetHigh = target == null ? 0 : target.high();
    record.targetLow = target == null ? 0 : target.low();
    record.protocol = suspect.protocol();
    record.sourcePort = suspect.sourcePort();
    record.port = suspect.port();
    record.minute = suspect.minute();
    record.isLongWindow = suspect.isLongWindow();
    record.isDroppedAnswer = suspect.isDroppedAnswer();
    record.isRequestAccepted = suspect.isRequestAccepted();
    record.place = suspect.place();
    record.packets = suspect.packets();
    record.bytes = suspect.bytes();
    return record;
  }

  /// Returns the suspect that a record is, with all that the record has.
  public static Suspect toSuspect(SuspectRecord record) {
    return record.toSuspect(record.sourcePort(), record.packets(), record.bytes());
  }
}
