package dev.flowbell.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.classify.Suspect.Place;
import dev.flowbell.judge.Alert;
import dev.flowbell.judge.Alert.Occasion;
import dev.flowbell.judge.Count;
import dev.flowbell.judge.Severity;
import dev.flowbell.judge.Thresholds;
import dev.flowbell.notify.AlertMessage;
import dev.flowbell.notify.NotificationContext;
import dev.flowbell.record.IpAddress;
import dev.flowbell.record.TrafficType;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DifferenceTest {
  private static final Instant START = Instant.parse("2026-11-22T00:00:00Z");
  private static final Place NOWHERE = new Place(null, null, null, null, null, null);
  private static final NotificationContext CONTEXT =
      new NotificationContext(null, null, "", "", Thresholds.DEFAULT, TrafficType.ALL);

  /// A mail is cause, severity, minutes from first to last, and how it came: n new, s still, g got
  /// through; d in a digest, and new. Each episode that differs is cause and first minute.
  @ParameterizedTest(name = "{0} → {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          aH0-9n           | aH0-9n           |     |     |     | true
          aH0-9n           | aH0-50n          |     |     |     | true
          aH0-9n           | ``               | a0  |     |     | false
          aM0-9n           | ``               | a0  |     |     | true
          aM0-9n           | bM0-9n           | a0  |     | b0  | true
          ``               | bM3-9n           |     |     | b3  | true
          aH0-9n           | aM0-9n           | a0  |     |     | false
          aL0-9n aM0-20g   | aL0-9n           | a0  |     |     | true
          aL0-9n aM0-20g   | aM0-20n          |     |     |     | true
          aH0-9n aH0-1450s | aH0-9n           |     |     |     | true
          aH0-9n           | aH0-9n aH0-1450s |     |     |     | true
          aM0-9n aM200-209n | aM0-9n          | a200 |    |     | true
          aM0-9n aM200-209n | aM200-209n      | a0  |     |     | true
          aM0-9n aM200-209n | aM0-30n aM200-260n | |     |     | true
          aM200-209n       | aM0-9n           |     |     |     | true
          aM61-69n         | aM50-55n         |     |     |     | true
          aH0-9n           | aH0-9d           |     | a0  |     | false
          aL0-9n           | aL0-9d           |     | a0  |     | true
          aM0-9d           | aM0-9d           |     |     |     | true
          aM0-9d           | aM0-9n           |     |     |     | true
          """)
  void between(
      String now, String then, String lost, String late, String gained, boolean keepsHigh) {
    Difference difference = Difference.between(trialOf(now), trialOf(then));

    assertThat(namesOf(difference.lost())).isEqualTo(Objects.requireNonNullElse(lost, ""));
    assertThat(namesOf(difference.late())).isEqualTo(Objects.requireNonNullElse(late, ""));
    assertThat(namesOf(difference.gained())).isEqualTo(Objects.requireNonNullElse(gained, ""));
    assertThat(difference.keepsHigh()).isEqualTo(keepsHigh);
  }

  private static String namesOf(List<Trial.Episode> episodes) {
    return episodes.stream()
        .map(
            each ->
                each.key().substring(each.key().length() - 1)
                    + Duration.between(START, each.alert().since()).toMinutes())
        .collect(Collectors.joining(" "));
  }

  private static Trial trialOf(String mails) {
    return new Trial(
        Arrays.stream(mails.strip().split(" ", -1))
            .filter(mail -> !mail.isEmpty())
            .map(DifferenceTest::mailOf)
            .sorted(Comparator.comparing(Mail::at))
            .toList(),
        List.of());
  }

  private static Mail mailOf(String text) {
    char how = text.charAt(text.length() - 1);
    String[] minutes = text.substring(2, text.length() - 1).split("-", -1);
    Alert alert =
        new Alert.Rejects(
            severityOf(text.charAt(1)),
            "rejects|" + text.charAt(0),
            switch (how) {
              case 's' -> Occasion.STILL;
              case 'g' -> Occasion.GOT_THROUGH;
              default -> Occasion.NEW;
            },
            Objects.requireNonNull(IpAddress.find("198.51.100.7")),
            false,
            null,
            null,
            new Count(2, false),
            new Count(3, false),
            new Count(1_000, false),
            List.of(),
            NOWHERE,
            START.plus(Duration.ofMinutes(Long.parseLong(minutes[0]))),
            START.plus(Duration.ofMinutes(Long.parseLong(minutes[1]))));
    AlertMessage message = AlertMessage.of(alert, CONTEXT);
    return new Mail(
        alert.until(),
        how == 'd'
            ? AlertMessage.digest(START, List.of(message.toHeld()), List.of(), CONTEXT)
            : message,
        List.of(alert));
  }

  private static Severity severityOf(char letter) {
    return switch (letter) {
      case 'H' -> Severity.HIGH;
      case 'M' -> Severity.MEDIUM;
      default -> Severity.LOW;
    };
  }
}
