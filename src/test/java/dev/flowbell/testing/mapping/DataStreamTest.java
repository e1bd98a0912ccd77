package dev.flowbell.testing.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.testing.mapping.DataStream.StreamRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DataStreamTest {
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-11-28T13:00:00.250Z"));
  private final DataStream stream =
      new DataStream("flow-logs", 2, Duration.ofHours(24), clock, new Random(7));

  @Test
  void put_sequenceNumbersGrowWithGaps() {
    List<String> numbers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      numbers.add(put("one key").sequenceNumber());
    }

    assertThat(numbers).isSorted().doesNotHaveDuplicates();
    assertThat(numbers).allMatch(number -> number.matches("49[0-9]{54}"));
  }

  /// The MD5 hash of `a` is 0cc1…, that of `c` is 4a8a…, that of `b` is 92eb….
  @Test
  void put_shardByTheHashOfItsKey() {
    assertThat(put("a").shardId()).isEqualTo("shardId-000000000000");
    assertThat(put("c").shardId()).isEqualTo("shardId-000000000000");
    assertThat(put("b").shardId()).isEqualTo("shardId-000000000001");
  }

  @Test
  void split_childrenTakeOver() {
    String before = put("a").sequenceNumber();

    stream.split("shardId-000000000000");

    assertThat(stream.openShardIds())
        .containsExactly("shardId-000000000002", "shardId-000000000003", "shardId-000000000001");
    assertThat(stream.parents("shardId-000000000003")).containsExactly("shardId-000000000000");
    assertThat(stream.isClosed("shardId-000000000000")).isTrue();
    StreamRecord after = put("a");
    assertThat(after.shardId()).isEqualTo("shardId-000000000002");
    assertThat(after.sequenceNumber()).isGreaterThan(before);
    assertThat(put("c").shardId()).isEqualTo("shardId-000000000003");
    assertThatThrownBy(() -> stream.split("shardId-000000000000"))
        .hasMessage("shardId-000000000000 was split or merged before");
  }

  @Test
  void merge_oneChild() {
    stream.merge("shardId-000000000000", "shardId-000000000001");

    assertThat(stream.openShardIds()).containsExactly("shardId-000000000002");
    assertThat(stream.parents("shardId-000000000002"))
        .containsExactly("shardId-000000000000", "shardId-000000000001");
    assertThat(put("a").shardId()).isEqualTo(put("b").shardId());
  }

  @Test
  void merge_notSideBySide() {
    stream.split("shardId-000000000000");

    assertThatThrownBy(() -> stream.merge("shardId-000000000002", "shardId-000000000001"))
        .hasMessage("shardId-000000000002 and shardId-000000000001 are not side by side");
  }

  @Test
  void read_behindANumberAndWithinTheRetention() {
    StreamRecord first = put("a");
    clock.advance(Duration.ofHours(23));
    StreamRecord second = put("a");
    StreamRecord third = put("a");

    assertThat(stream.read("shardId-000000000000", "")).containsExactly(first, second, third);
    assertThat(stream.read("shardId-000000000000", second.sequenceNumber())).containsExactly(third);
    clock.advance(Duration.ofHours(1));
    assertThat(stream.read("shardId-000000000000", "")).containsExactly(second, third);
  }

  private StreamRecord put(String partitionKey) {
    return stream.put(partitionKey, "data".getBytes(UTF_8));
  }
}
