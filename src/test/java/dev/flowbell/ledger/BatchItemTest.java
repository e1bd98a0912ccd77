package dev.flowbell.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BatchItemTest {
  /// The item as versions before 2026-11-28 wrote it, with cooldowns in both forms.
  @Test
  void from_olderVersion() {
    assertThat(
            read(
                """
                {"id":{"S":"batch#1"},"arrival":{"N":"1795342753217"},"leaseEnd":{"N":"1795342815217"},
                "runner":{"S":"r"},"expires":{"N":"1796638753"},"closed":{"SS":["METRICS"]},
                "taken":{"NS":["3","0"]},"plan":{"N":"4711"},"doubts":{"N":"2"},"answers":{"M":{
                "again":{"S":"true 1795346353217 7 1795300000123"},
                "new":{"S":"true 1795346353217 0 0"},
                "running":{"S":"false 1795346353217 0 0"}}},
                "cooldowns":{"M":{"newer":{"M":{"isStarted":{"BOOL":true},
                "until":{"N":"1795346353217"},"suppressed":{"N":"0"}}}}}}
                """))
        .isEqualTo(
            new BatchItem(
                Instant.ofEpochMilli(1795342753217L),
                Instant.ofEpochMilli(1795342815217L),
                Set.of("METRICS"),
                Set.of(0, 3),
                4_711,
                2,
                false));
  }

  @Test
  void from_finishedByANewerVersion() {
    BatchItem item =
        read(
            """
            {"id":{"S":"batch#1"},"arrival":{"N":"1795342753217"},"doubts":{"N":"0"},
            "closed":{"SS":["METRICS","ALERTS","CHAT"]}}
            """);

    assertThat(item.isFinished()).isTrue();
    assertThat(item.isHeld()).isFalse();
    assertThat(item.doneSteps()).containsExactlyInAnyOrder("METRICS", "ALERTS", "CHAT");
  }

  @Test
  void from_released() {
    BatchItem item = read("{\"leaseEnd\":{\"N\":\"0\"}}");

    assertThat(item.isFinished()).isFalse();
    assertThat(item.isHeld()).isFalse();
  }

  @Test
  void from_counted() {
    assertThat(read("{\"counted\":{\"N\":\"1\"}}").isCounted()).isTrue();
  }

  private static BatchItem read(String json) {
    return BatchItem.from(DynamoDbJson.read(json.getBytes(UTF_8)));
  }
}
