package dev.flowbell.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BatchItemTest {
  private static final Instant UNTIL = Instant.ofEpochMilli(1795346353217L);
  private static final Instant SENT = Instant.ofEpochMilli(1795300000123L);

  /// The item as versions before 2026-11-27 wrote it.
  @Test
  void from_olderVersion() {
    assertThat(
            read(
                """
                {"id":{"S":"batch#1"},"arrival":{"N":"1795342753217"},"leaseEnd":{"N":"1795342815217"},
                "runner":{"S":"r"},"expires":{"N":"1796638753"},"closed":{"SS":["METRICS"]},
                "taken":{"NS":["3","0"]},"doubts":{"N":"2"},"answers":{"M":{
                "again":{"S":"true 1795346353217 7 1795300000123"},
                "new":{"S":"true 1795346353217 0 0"},
                "running":{"S":"false 1795346353217 0 0"}}}}
                """))
        .isEqualTo(
            new BatchItem(
                Instant.ofEpochMilli(1795342753217L),
                Instant.ofEpochMilli(1795342815217L),
                Set.of("METRICS"),
                Set.of(0, 3),
                2,
                Map.of(
                    "again", new Cooldown(true, UNTIL, 7, SENT),
                    "new", new Cooldown(true, UNTIL, 0, null),
                    "running", new Cooldown(false, UNTIL, 0, null))));
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
  void toAttribute_isReadBack() {
    Map<String, Cooldown> cooldowns = new LinkedHashMap<>();
    cooldowns.put("again", new Cooldown(true, UNTIL, 7, SENT));
    cooldowns.put("new", new Cooldown(true, UNTIL, 0, null));
    cooldowns.put("running", new Cooldown(false, UNTIL, 0, null));

    byte[] item =
        DynamoDbJson.write(Map.of(LedgerAttributes.COOLDOWNS, BatchItem.toAttribute(cooldowns)));

    assertThat(BatchItem.from(DynamoDbJson.read(item)).cooldowns()).isEqualTo(cooldowns);
  }

  private static BatchItem read(String json) {
    return BatchItem.from(DynamoDbJson.read(json.getBytes(UTF_8)));
  }
}
